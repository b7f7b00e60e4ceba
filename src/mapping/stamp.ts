import { shared } from '../metadata/registry.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import type { RetainedRow } from '../store/row.js';
import type { Rows } from '../store/table-store.js';
import type { Unsaid } from './unsaid.js';

/** The table of a store that an entity came from. */
export interface EntityOrigin {
  /** `traits.identity` of the store. */
  readonly store: string;
  /** The table's name in the store. */
  readonly table: string;
  /** The class it was read as, and the rows that open what was retained. */
  readonly metadata: EntityMetadata;
  readonly rows: Rows;
}

/** What an entity remembers. */
export type EntityState = StoredState | { readonly kind: 'deleted'; readonly source: EntityOrigin } | MadeState;

/** What an entity remembers that was loaded or written. */
export interface StoredState {
  readonly kind: 'stored';
  readonly source: EntityOrigin;
  readonly etag: string;
  /** What its row held. */
  readonly row: RetainedRow;
  /** What the entity says nothing of; absent for one that was loaded, which is its state. */
  readonly unsaid?: Unsaid | undefined;
  /** By property, the stored form of defaults that functions gave when the row was read. */
  readonly computed?: ReadonlyMap<string, unknown> | undefined;
}

/** What an entity remembers that was made of values, and never loaded or written. */
export interface MadeState {
  readonly kind: 'made';
  readonly unsaid: Unsaid;
}

/** What an entity remembers that was read: its row has its ETag, which most entities are never asked for. */
export class LoadedState implements StoredState {
  readonly kind = 'stored';

  constructor(
    readonly source: EntityOrigin,
    readonly row: RetainedRow,
  ) {}

  get etag(): string {
    return this.source.rows.reopen(this.row).etag;
  }
}

/** What an entity remembers that was read from a row without some properties whose defaults are computed. */
export class ComputedState extends LoadedState {
  constructor(
    source: EntityOrigin,
    row: RetainedRow,
    readonly computed: ReadonlyMap<string, unknown>,
  ) {
    super(source, row);
  }
}

interface Stamps {
  readonly get: (entity: object) => EntityState | undefined;
  readonly set: (entity: object, state: EntityState | undefined) => void;
}

class Returned {
  constructor(entity: object) {
    return entity;
  }
}

/**
 * A private field put on somebody else's object: unlike a WeakMap it costs nothing measurable, unlike a symbol property it is
 * invisible to JSON, equality, copies and structuredClone.
 */
class Stamp extends Returned {
  #state!: EntityState | undefined;

  static readonly get = (entity: object): EntityState | undefined => (#state in entity ? entity.#state : undefined);

  static readonly set = (entity: object, state: EntityState | undefined): void => {
    const stamped = #state in entity ? entity : new Stamp(entity);
    stamped.#state = state;
  };
}

// One for all copies of the package: what one copy stamped, another reads.
const stamps: Stamps = shared('stamps', () => ({ get: Stamp.get, set: Stamp.set }));

/** What an entity remembers; `undefined` for one that was never made, loaded or written here, and for what is no object. */
export function stateOf(entity: object): EntityState | undefined {
  return typeof entity === 'object' && entity !== null ? stamps.get(entity) : undefined;
}

/** Makes an entity remember; `undefined` makes it forget. */
export function stamp(entity: object, state: EntityState | undefined): void {
  stamps.set(entity, state);
}
