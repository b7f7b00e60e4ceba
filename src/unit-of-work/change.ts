import type { CommitWrite } from '../errors/error-details.js';
import { withHidden } from '../errors/hidden-details.js';
import type { EntityMapper, WriteTarget } from '../mapping/entity-mapper.js';
import type { Difference } from '../mapping/entity-properties.js';
import type { Unsaid } from '../mapping/unsaid.js';
import type { TableWrite } from '../repository/batch.js';
import { ownState, statedEtag } from '../repository/entity-condition.js';
import type { RetainedRow } from '../store/row.js';
import { insertMode } from './held.js';
import { addressOfTracked } from './tracked-key.js';
import type { TrackedRow } from './tracked-rows.js';

/** What a commit writes to one row. */
export interface Change extends TableWrite {
  readonly row: TrackedRow;
  /** What the write is conditional on. */
  readonly ifMatch: string | undefined;
  /** Stored names that a merge takes away. */
  readonly removed: readonly string[];
  /** What the row is known to hold before the write, where the write leaves some of it. */
  readonly before: RetainedRow | undefined;
  /** What the entity says nothing of. */
  readonly unsaid?: Unsaid | undefined;
}

/** What the unit of work writes to a row; `undefined` when nothing changed. Throws `key.changed`, `validation.*`. */
export function changeOf(row: TrackedRow): Change | undefined {
  const { mapper, entity, held } = row;
  const address = addressOfTracked(mapper, row);
  switch (held.kind) {
    case 'difference': {
      const state = entity && ownState(mapper, entity);
      if (entity === undefined || state === undefined) return undefined; // deleted or copied past the unit meanwhile
      const { changed, removed, defaults = [], unsaid } = mapper.differenceOf(entity, state);
      // Reading gives defaults: by themselves they are written where save() was called.
      const isChanged = changed.length > 0 || removed.length > 0 || (held.saved === true && defaults.length > 0);
      if (!isChanged) return undefined;
      mapper.properties.checkRequired(entity, unsaid);
      const ifMatch = held.ifMatch ?? statedEtag(mapper, entity) ?? state.etag;
      return change(
        row,
        { mode: 'merge', ifMatch, ...address },
        { changed: [...changed, ...defaults], removed, unsaid },
        state.row,
      );
    }
    case 'insert': {
      const { mode, ifMatch } = insertMode(held.over);
      return whole(row, ifMatch === undefined ? { mode, ...address } : { mode, ifMatch, ...address });
    }
    case 'replace':
      return whole(row, { mode: 'replace', ifMatch: held.ifMatch, ...address });
    case 'upsert':
      return whole(row, { mode: held.mode, ...address });
    case 'merge':
      return change(row, { mode: 'merge', ifMatch: held.ifMatch, ...address }, held.difference, undefined);
    case 'delete':
      return change(row, { mode: 'delete', ifMatch: held.ifMatch, ...address }, NOTHING, undefined);
    default:
      return held satisfies never;
  }
}

const NOTHING: Difference = Object.freeze({ changed: Object.freeze([]), removed: Object.freeze([]) });

/** A write as plans and reports show it. */
export function describeChange({ write, row: { mapper, entity } }: Change): CommitWrite {
  const { mode, partitionKey, rowKey } = write;
  const shown = { mode, className: mapper.metadata.className, table: mapper.table, partitionKey, rowKey };
  return entity === undefined ? Object.freeze(shown) : withHidden(shown, { entity });
}

function whole(row: TrackedRow, operation: WriteTarget): Change {
  const { mapper, entity } = row;
  mapper.checkReceives(entity!);
  if (operation.mode !== 'upsert-merge') mapper.properties.setDefaults(entity!);
  mapper.properties.checkRequired(entity!);
  const write = mapper.prepareWhole(operation, entity!);
  // An upsert does not tell what the row held before: only what is sent will be known of it.
  return { table: mapper.table, write, row, ifMatch: operation.ifMatch, removed: [], before: undefined };
}

function change(
  row: TrackedRow,
  operation: WriteTarget,
  { changed, removed, unsaid }: Difference,
  before: RetainedRow | undefined,
): Change {
  const mapper: EntityMapper<object> = row.mapper;
  const remove = removed.length > 0 ? { remove: removed } : undefined;
  if (row.entity !== undefined && operation.mode !== 'delete') mapper.checkReceives(row.entity);
  const write = mapper.prepare(remove === undefined ? operation : { ...remove, ...operation }, changed, row.entity);
  return { table: mapper.table, write, row, ifMatch: operation.ifMatch, removed, before, unsaid };
}
