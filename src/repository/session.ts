import { typeName } from '../errors/type-name.js';
import { hasMethod, invalidOption } from '../options/check-option.js';
import type { PartitionsOf, KeyOf, EntityClass } from '../metadata/key-types.js';
import type { Query, ReadOptions } from '../query/query.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { DeleteOptions, EntityOperations } from './entity-operations.js';

/** The operations of one entity class, as a session carries them out. */
export type EntitySession<T extends object> = EntityOperations<T>;

/** The verbs of every class, in one place. */
export interface EntitySessions {
  /** The verbs of one class. Throws `metadata.*`. */
  of<T extends object>(entityClass: EntityClass<T>): EntitySession<T>;
}

/** Refuses what is no session. Throws `validation.invalid-option`. */
export function requireSession(session: Partial<EntitySessions> | null | undefined): void {
  if (hasMethod(session, 'of')) return;
  throw invalidOption('A repository', 'a session as the first argument of its constructor', typeName(session));
}

/** What work does in a unit of work, of whichever classes its entities are. */
export interface UnitVerbs {
  /** The entity of a key, as it is in the unit; read from the store, and tracked, where the unit has none. */
  get<T extends object>(entityClass: EntityClass<T>, key: KeyOf<T>, options?: ReadOptions): Promise<T | undefined>;
  /** Queries one partition, or several. What it gives is tracked; projections are not. */
  query<T extends object>(entityClass: EntityClass<T>, partition: PartitionsOf<T>): Query<T>;
  /** Holds the insert of an instance of an entity class. */
  insert(entity: object): void;
  /** Holds the delete of an instance of an entity class, under its ETag. */
  delete(entity: object, options?: Pick<DeleteOptions, 'etag' | 'missing'>): void;
  /** Makes an entity that was loaded or written outside one of the unit: what it differs in from its row is committed. */
  track<T extends object>(entity: T): T;
  /** Has the commit make sure that an entity which was only read still has its ETag. */
  require<T extends object>(entity: T): T;
}

/** How a commit goes about it. `timeout` is each request's. */
export interface CommitOptions extends OperationOptions {
  /** Refuses, before anything is sent, what does not fit into one transaction: `commit.not-atomic`. */
  readonly atomic?: boolean | undefined;
  /** Partitions written at once; 16 by default. */
  readonly concurrency?: number | undefined;
}

/** How a unit of work that is given its work goes about it. */
export interface UnitOfWorkOptions extends CommitOptions {
  /**
   * Retries after the first try: how often the work runs again, in a new unit, when another writer was faster on a row that it had read,
   * or had found missing. By default there are none. When it is given, 0 included, the commit is atomic.
   */
  readonly maxRetries?: number | undefined;
}
