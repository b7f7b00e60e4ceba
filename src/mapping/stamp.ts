import { shared } from '../metadata/registry.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import type { RetainedRow } from '../store/row.js';
import type { Rows } from '../store/table-store.js';
import type { Unassigned } from './unassigned.js';

/** The table and store that an entity came from. */
export interface EntityOrigin {
  /** The store's `traits.identity`. */
  readonly store: string;
  /** The name of the table in the store. */
  readonly table: string;
  /** The class that the entity was read as, and the `Rows` that can read its retained row again. */
  readonly metadata: EntityMetadata;
  readonly rows: Rows;
}

/** The state that the library attaches to an entity. */
export type EntityState = StoredState | { readonly kind: 'deleted'; readonly source: EntityOrigin } | MadeState;

/** The state of an entity that was loaded or written. */
export interface StoredState {
  readonly kind: 'stored';
  readonly source: EntityOrigin;
  readonly etag: string;
  /** The row as it was read or written. */
  readonly row: RetainedRow;
  /**
   * True if the row under this ETag may differ from `row`, e.g. because the entity was merged over any ETag. Which
   * entries it has in indexes must then be read.
   */
  readonly isUncertain?: true | undefined;
  /** The properties that the caller never assigned. Missing for a loaded entity, which has the values of its row. */
  readonly unassigned?: Unassigned | undefined;
  /** The stored forms of defaults that functions returned when the row was read, by property name. */
  readonly computed?: ReadonlyMap<string, unknown> | undefined;
}

/** The state of an entity that was created from values and not yet loaded or written. */
export interface MadeState {
  readonly kind: 'made';
  readonly unassigned: Unassigned;
}

/**
 * The state of an entity that was read. Its ETag is taken from the row on demand, because most entities are never asked
 * for it.
 */
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

/** The state of an entity whose row lacks properties with computed defaults. */
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
 * Attaches a private field to an object of another class. Unlike a WeakMap this costs nothing measurable, and unlike a
 * symbol property it is invisible to JSON, equality checks, copies and structuredClone.
 */
class Stamp extends Returned {
  #state!: EntityState | undefined;

  static readonly get = (entity: object): EntityState | undefined => (#state in entity ? entity.#state : undefined);

  static readonly set = (entity: object, state: EntityState | undefined): void => {
    const stamped = #state in entity ? entity : new Stamp(entity);
    stamped.#state = state;
  };
}

// Shared by all copies of the package, so that one copy can read what another has stamped.
const stamps: Stamps = shared('stamps', () => ({ get: Stamp.get, set: Stamp.set }));

/**
 * Returns the state of an entity. `undefined` for one that was never created, loaded or written by this package, and
 * for anything that is not an object.
 */
export function stateOf(entity: object): EntityState | undefined {
  return typeof entity === 'object' && entity !== null ? stamps.get(entity) : undefined;
}

/** Attaches a state to an entity; `undefined` removes it. */
export function stamp(entity: object, state: EntityState | undefined): void {
  stamps.set(entity, state);
}

/** Returns whether the row of an entity is known exactly as it was stored under an ETag. */
export function isKnownUnder(state: Pick<StoredState, 'etag' | 'isUncertain'>, etag: string): boolean {
  return state.etag === etag && state.isUncertain !== true;
}
