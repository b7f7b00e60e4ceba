import { typeName } from '../errors/type-name.js';
import { hasMethod, invalidOption } from '../options/check-option.js';
import type { PartitionsOf, KeyOf, EntityClass } from '../metadata/key-types.js';
import type { Query, ReadOptions } from '../query/query.js';
import type { OperationOptions } from '../options/operation-options.js';
import type { DeleteOptions, EntityOperations } from './entity-operations.js';

/** The operations on the entities of one class, as a session carries them out. */
export type EntitySession<T extends object> = EntityOperations<T>;

/** The operations on entities that a session carries out, by class. */
export interface EntitySessions {
  /** Returns the operations on the entities of one class. Throws `metadata.*`. */
  of<T extends object>(entityClass: EntityClass<T>): EntitySession<T>;
}

/** Throws `validation.invalid-option` for a value that is not a session. */
export function requireSession(session: Partial<EntitySessions> | null | undefined): void {
  if (hasMethod(session, 'of')) return;
  throw invalidOption('A repository', 'a session as the first argument of its constructor', typeName(session));
}

/** The operations of a unit of work on entities of any class. */
export interface UnitVerbs {
  /**
   * Returns the entity with a key, including its pending changes. If the unit of work does not track it yet, reads it
   * from the store and tracks it.
   */
  get<T extends object>(entityClass: EntityClass<T>, key: KeyOf<T>, options?: ReadOptions): Promise<T | undefined>;
  /** Starts a query of one partition, or of several. The entities that it returns are tracked; projections are not. */
  query<T extends object>(entityClass: EntityClass<T>, partition: PartitionsOf<T>): Query<T>;
  /** Schedules the insert of an entity. */
  insert(entity: object): void;
  /** Schedules the delete of an entity. The commit deletes the row only if it still has the entity's ETag. */
  delete(entity: object, options?: Pick<DeleteOptions, 'etag' | 'missing'>): void;
  /**
   * Tracks an entity that was loaded or written outside the unit of work: its changes since then are part of the
   * commit.
   */
  track<T extends object>(entity: T): T;
  /** Makes the commit check that the row of an entity that was only read still has the entity's ETag. */
  require<T extends object>(entity: T): T;
}

/** Options of a commit. `timeout` applies to each request. */
export interface CommitOptions extends OperationOptions {
  /** Throws `commit.not-atomic`, before anything is sent, if the writes do not fit into one transaction. */
  readonly atomic?: boolean | undefined;
  /** Maximum number of partitions that are written at the same time; 16 by default. */
  readonly concurrency?: number | undefined;
}

/** Options of a unit of work that runs a function. */
export interface UnitOfWorkOptions extends CommitOptions {
  /**
   * Maximum number of retries after the first attempt: the function runs again, in a new unit of work, if another
   * writer was faster on a row that the unit had read, or had found missing. None by default. If this option is set,
   * even to 0, the commit is atomic.
   */
  readonly maxRetries?: number | undefined;
}
