import type { CommitWrite } from '../errors/write-reports.js';
import { withHidden } from '../errors/hidden-details.js';
import { indexesOf, type KnownRow } from '../indexes/index-rows.js';
import type { IndexedValues } from '../indexes/index-entry.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper, WriteTarget } from '../mapping/entity-mapper.js';
import type { Difference } from '../mapping/entity-properties.js';
import type { PropertyValue } from '../mapping/property-check.js';
import { isKnownUnder, type StoredState } from '../mapping/stamp.js';
import type { Unassigned } from '../mapping/unassigned.js';
import type { TableWrite } from '../writing/batch.js';
import { ownState, statedEtag, checkKeyUnchanged } from '../repository/entity-etag.js';
import type { RetainedRow } from '../store/row.js';
import { rowError } from '../repository/row-error.js';
import { insertMode } from './pending-write.js';
import type { TrackedRow } from './identity-map.js';
import { EntitableError } from '../errors/entitable-error.js';

/** The write that a commit sends for one row. */
export interface ChangeSet extends TableWrite {
  readonly row: TrackedRow;
  /**
   * The ETag that the row must have for the write to succeed; `*` for any ETag, `undefined` for an unconditional write.
   */
  readonly ifMatch: string | undefined;
  /** Stored names of the properties that a merge removes. */
  readonly removed: readonly string[];
  /** The row before the write, as far as it is known, for writes that keep some of its properties. */
  readonly before: RetainedRow | undefined;
  /** True if the write can succeed even if the row is no longer as in `before`. */
  readonly isBeforeUncertain: boolean;
  /** The properties of the entity that the caller never assigned. */
  readonly unassigned?: Unassigned | undefined;
  /** True for a write that changes nothing and only checks an ETag. */
  readonly isRequirement: boolean;
}

/** Returns the write of a row, or `undefined` if nothing has changed. Throws `key.changed`, `validation.*`. */
export function changeOf(row: TrackedRow): ChangeSet | undefined {
  const { mapper, entity, held, required } = row;
  const address = addressOfTracked(mapper, row);
  switch (held.kind) {
    case 'difference': {
      const state = entity && ownState(mapper, entity);
      if (entity === undefined || state === undefined) return undefined; // e.g. deleted outside the unit meanwhile
      const { changed, removed, defaults = [], unassigned } = mapper.differenceOf(entity, state);
      // Reading fills in defaults. They count as a change only if save() was called.
      const isChanged = changed.length > 0 || removed.length > 0 || (held.saved === true && defaults.length > 0);
      if (!isChanged && required === undefined) return undefined;
      const ifMatch = changeCondition(row, askedEtag(row)!, held.known);
      const target: WriteTarget = { mode: 'merge', ifMatch, ...address };
      if (!isChanged) return { ...change(row, target, { ...NOTHING, unassigned }, state), isRequirement: true };
      mapper.properties.checkRequired(entity, unassigned);
      const difference = { changed: [...changed, ...defaults], removed, unassigned };
      return change(row, target, difference, state, held.known);
    }
    case 'insert': {
      const { mode, ifMatch } = insertMode(held.over);
      return whole(row, mode, ifMatch, address, held.over?.known);
    }
    case 'replace': {
      const state = entity && ownState(mapper, entity);
      return whole(row, 'replace', held.ifMatch, address, held.known ?? remembered(mapper, state));
    }
    case 'upsert':
      if (held.known === 'missing') return whole(row, 'insert', undefined, address);
      return whole(row, held.mode, held.known?.etag, address, held.known);
    case 'merge':
      return change(
        row,
        { mode: 'merge', ifMatch: changeCondition(row, held.ifMatch, held.known), ...address },
        held.difference,
        undefined,
        held.known,
      );
    case 'delete':
      return change(
        row,
        { mode: 'delete', ifMatch: changeCondition(row, held.ifMatch, held.known), ...address },
        NOTHING,
        undefined,
        held.known,
      );
    default:
      return held satisfies never;
  }
}

/** Returns the ETag on which a save or replace is conditional, `*` for any; `undefined` if there is none. */
export function askedEtag({ mapper, entity, held }: TrackedRow): string | undefined {
  if (held.kind === 'replace') return held.ifMatch;
  if (held.kind !== 'difference' || entity === undefined) return undefined;
  return held.ifMatch ?? statedEtag(mapper, entity) ?? ownState(mapper, entity)?.etag;
}

/**
 * Returns the If-Match condition of a write: `any`, the ETag of the row that determines the index entries of the write,
 * or the ETag that `require()` has set for the row. An ETag takes precedence over `*`. Throws
 * `store.precondition-failed` if the write and `require()` demand different ETags.
 */
function changeCondition({ mapper, address, required }: TrackedRow, any: string, known?: KnownRow): string {
  const asked = any === '*' && known !== undefined ? known.etag : any;
  if (required === undefined || required === asked) return asked;
  if (asked === '*') return required;
  throw rowError(mapper, address, 'store.precondition-failed');
}

/**
 * The mode to use instead of an upsert if the write is conditional on an ETag. Such a write never creates the row: it
 * is rejected if the row does not exist.
 */
const FINDS_A_ROW = { 'upsert-merge': 'merge', 'upsert-replace': 'replace' } as const;

const NOTHING: Difference = Object.freeze({ changed: Object.freeze([]), removed: Object.freeze([]) });

/** Returns a write in the form in which plans and reports show it. */
export function describeChange({ write, row: { mapper, entity }, isRequirement }: ChangeSet): CommitWrite {
  const { mode, partitionKey, rowKey } = write;
  const { className } = mapper.metadata;
  const shown = {
    mode,
    className,
    table: mapper.table,
    partitionKey,
    rowKey,
    ...(isRequirement && { required: true }),
  };
  return entity === undefined ? Object.freeze(shown) : withHidden(shown, { entity });
}

function whole(
  row: TrackedRow,
  asked: 'insert' | 'replace' | 'upsert-merge' | 'upsert-replace',
  condition: string | undefined,
  address: Address,
  known?: KnownRow,
): ChangeSet {
  const { mapper, entity, required } = row;
  mapper.checkReceives(entity!);
  if (asked !== 'upsert-merge') mapper.properties.setDefaults(entity!);
  mapper.properties.checkRequired(entity!);
  const isUpsert = asked === 'upsert-merge' || asked === 'upsert-replace';
  const mode = isUpsert && (required !== undefined || known !== undefined) ? FINDS_A_ROW[asked] : asked;
  const ifMatch = mode === 'merge' || mode === 'replace' ? changeCondition(row, condition ?? '*', known) : undefined;
  // A merge must not overwrite properties of the row with defaults.
  const unassigned = asked === 'upsert-merge' ? mapper.unassignedDefaults(entity!) : undefined;
  const indexes = indexesOf(mapper);
  const written: PropertyValue[] | undefined = indexes && [];
  const target = ifMatch === undefined ? { mode, ...address } : { mode, ifMatch, ...address };
  const write = mapper.prepareWhole(target, entity!, unassigned, written);
  const after = indexes?.afterWhole(address, written!, mode === 'merge' ? known?.values : undefined);
  // The content of the row before an upsert is unknown, so afterwards only the written properties are known.
  const before = mode === 'merge' ? known?.row : undefined;
  return {
    table: mapper.table,
    write,
    ...indexes?.entries(address, known?.values, after),
    row,
    ifMatch,
    removed: [],
    before,
    isBeforeUncertain: false,
    unassigned,
    isRequirement: false,
  };
}

function change(
  row: TrackedRow,
  operation: WriteTarget,
  { changed, removed, unassigned }: Difference,
  state: StoredState | undefined,
  known?: KnownRow,
): ChangeSet {
  const mapper: EntityMapper<object> = row.mapper;
  const remove = removed.length > 0 ? { remove: removed } : undefined;
  if (row.entity !== undefined && operation.mode !== 'delete') mapper.checkReceives(row.entity);
  const write = mapper.prepare(remove === undefined ? operation : { ...remove, ...operation }, changed, row.entity);
  return {
    table: mapper.table,
    write,
    ...entriesOf(row, operation, { changed, removed }, known ?? remembered(mapper, state)),
    row,
    ifMatch: operation.ifMatch,
    removed,
    before: known?.row ?? state?.row,
    isBeforeUncertain:
      indexesOf(mapper) !== undefined &&
      known === undefined &&
      !(state !== undefined && isKnownUnder(state, operation.ifMatch!)),
    unassigned,
    isRequirement: false,
  };
}

/**
 * Returns the entries that a merge or a delete changes in the indexes of the class. Throws `store.precondition-failed`
 * if the row that determines them is not known.
 */
function entriesOf(
  { mapper, address }: TrackedRow,
  { mode, partitionKey, rowKey }: WriteTarget,
  difference: Difference,
  known: KnownRow | undefined,
): Pick<ChangeSet, 'others' | 'apart'> | undefined {
  const indexes = indexesOf(mapper);
  if (indexes === undefined || (mode !== 'delete' && !indexes.concerns(difference))) return undefined;
  if (known === undefined) throw rowError(mapper, address, 'store.precondition-failed');
  const after: IndexedValues | undefined = mode === 'delete' ? undefined : indexes.afterMerge(known.values, difference);
  return indexes.entries({ partitionKey, rowKey }, known.values, after);
}

/**
 * Returns the row of a loaded entity of a class with indexes, as it was last read or written. A commit first reads each
 * row that is not known under the ETag of its write (`readUncertain`). `plan()` sends no requests, so for it this row
 * is the best guess.
 */
function remembered(mapper: EntityMapper<object>, state: StoredState | undefined): KnownRow | undefined {
  const indexes = indexesOf(mapper);
  if (indexes === undefined || state === undefined) return undefined;
  return { etag: state.etag, row: state.row, values: indexes.retained(state.row) };
}

/**
 * Returns the address of a tracked entity's row. Throws `key.changed` if its key properties now belong to another row.
 */
export function addressOfTracked<T extends object>(
  mapper: EntityMapper<T>,
  { address, entity, held }: TrackedRow,
): Address {
  if (entity === undefined) return address;
  const composed = mapper.addressOf(entity);
  if (composed.partitionKey === address.partitionKey && composed.rowKey === address.rowKey) return address;
  const state = held.kind === 'insert' ? undefined : ownState(mapper, entity);
  if (state !== undefined) return checkKeyUnchanged(mapper, state, composed);
  const { className, members } = mapper.metadata;
  throw new EntitableError(
    'key.changed',
    `The key of this ${className} is not the one it had when this unit of work was given it. ` +
      'To write it under another key, delete() it from the unit first, then change its key and insert() it.',
    { className, properties: [...members.values()].filter(({ kind }) => kind === 'key').map(({ name }) => name) },
  );
}
