import { isDeepStrictEqual } from 'node:util';
import { EntitableError } from '../errors/entitable-error.js';
import { checkChoice } from '../options/check-option.js';
import type { BulkOptions } from '../writing/bulk-options.js';
import { writeBulk } from '../writing/bulk-write.js';
import type { RowReader } from '../store/row.js';
import type { WriteMode, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { checkWriting, type CopyReport, type CopySettings, type RowTransform } from './copy-options.js';
import { READS_AHEAD } from '../repository/write-factory.js';
import type { ReadyWrite } from '../writing/batch.js';
import { copiedEntities } from './indexes/copied-entities.js';
import { ReadRow, noRow, writeOf } from './copied-row.js';
import type { StoredRow } from './stored-row.js';
import { readRows, refuseSamePlace, storedRows, type TablePlace } from './table-place.js';
import { bind } from '../filter/bind.js';
import { bindStored } from '../filter/bind-stored.js';
import { lowerFilter } from '../filter/lower-filter.js';
import { conditionOfFilter } from '../filter/filter.js';
import { conditionFrom } from '../filter/make-filter.js';
import { storedReferences } from '../filter/property-refs.js';
import type { FilterNode } from '../store/filter-node.js';

const MODES = {
  replace: 'upsert-replace',
  merge: 'upsert-merge',
  keep: 'insert',
  refuse: 'insert',
} as const satisfies Record<string, WriteMode>;

/**
 * Copies the rows of a table, or of an entity class in it, to another table. Uses bounded memory, because it reads rows
 * only when they are about to be written.
 */
export async function copyTable(
  from: TablePlace,
  to: TablePlace,
  settings: CopySettings & { readonly filter?: unknown } = {},
): Promise<CopyReport> {
  const { filter, transform, existing = 'replace', onProgress, signal, timeout, concurrency, onError } = settings;
  checkWriting({ concurrency, onError, timeout });
  checkChoice('existing', existing, ['replace', 'merge', 'keep', 'refuse']);
  refuseSamePlace(from, to);
  const { table, tables } = to;
  const reading = { request: ReadRow.REQUEST, decode: (row: RowReader) => new ReadRow(row) };
  const pages = readRows(from, rowFilter(from, filter), reading, { signal, timeout });
  // The first page is read before the bulk write begins, so that an error of the source, e.g. a missing table, is
  // thrown unchanged and not as the cause of `commit.bulk-stopped`.
  const first = await pages.next();

  let read = 0;
  let left = 0;
  let kept = 0;
  const rows = storedRows(tables.store, table);
  const target = { table, limits: tables.store.traits.limits };
  // A kept row is an insert that was rejected, so its receipt has no ETag.
  const onWritten = ({ etag }: WriteReceipt): unknown => existing === 'keep' && etag === undefined && kept++;
  const entities = copiedEntities(from, to);
  const prepare = (row: StoredRow): ReadyWrite | Promise<ReadyWrite> =>
    entities?.prepare(row, existing, onWritten, { signal, timeout }) ?? {
      table,
      write: writeOf(row, { mode: MODES[existing] }, rows, target),
      written: onWritten,
      refused: (error: unknown) => error,
    };
  const options: BulkOptions = {
    signal,
    timeout,
    concurrency,
    onError,
    ...(onProgress !== undefined && {
      onProgress: ({ done, failed, ratePerSecond }) =>
        onProgress({ read, copied: done - kept, skipped: left + kept, failed, ratePerSecond }),
    }),
  };
  const ignored = existing === 'keep' ? 'store.already-exists' : undefined;
  const task = { store: tables.store, prepare, ignored, ahead: entities && READS_AHEAD } as const;
  const { written, failed } = await writeBulk(changed(), task, options);
  if (written === 0 && failed.length === 0) await makeTable(to, { signal, timeout });
  return Object.freeze({
    read,
    copied: written - kept,
    skipped: left + kept,
    failed: failed.map(({ index, item, error }) => ({
      index,
      item: item instanceof ReadRow ? item.plain() : item,
      error,
    })),
  });

  async function* changed(): AsyncGenerator<StoredRow, void, undefined> {
    try {
      for (let page = first; page.done !== true; page = await pages.next()) {
        for (const row of page.value.rows) {
          read++;
          if (entities?.isEntry(row) === true) {
            left++;
            continue;
          }
          const given = transform === undefined ? row : await transformed(row, transform);
          if (given === undefined) left++;
          else yield given;
        }
      }
    } finally {
      await pages.return();
    }
  }
}

/**
 * Applies `transform` to a row. Throws `validation.invalid-option` if the function modified the row but returned
 * `undefined`: it probably forgot to return the row, which would then not be copied.
 */
async function transformed(row: ReadRow, transform: RowTransform): Promise<StoredRow | undefined> {
  const plain = row.plain();
  const given = await transform(plain);
  if (given === undefined && !isDeepStrictEqual(plain, row.plain())) {
    throw noRow('undefined for a row that it has changed: return the row');
  }
  return given;
}

/**
 * Creates the target table after a copy that wrote no row. A write would have created the table, and the copy of an
 * empty table must be an empty table, not a missing one.
 */
async function makeTable(
  { table, tables: { strict, makesTables } }: TablePlace,
  options: OperationOptions,
): Promise<void> {
  try {
    if (makesTables) await strict.createTable(table, options);
  } catch (error) {
    // A credential that may not create tables can still copy to an existing one.
    if (!EntitableError.is(error, 'store.unauthorized')) throw error;
  }
}

/** Converts a filter, or a callback that returns one, to the store's filter. Throws `query.*`. */
function rowFilter({ table, scope, mapper }: TablePlace, filter: unknown): FilterNode | boolean {
  if (filter === undefined) return true;
  if (mapper !== undefined) return lowerFilter(bind(mapper.metadata, conditionFrom(filter)), scope.known);
  const given = typeof filter === 'function' ? (filter as (given: unknown) => unknown)(storedReferences()) : filter;
  return bindStored(table, conditionOfFilter(given));
}
