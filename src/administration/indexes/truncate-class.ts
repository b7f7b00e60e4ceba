import { EntitableError } from '../../errors/entitable-error.js';
import { isLostRace } from '../../indexes/known-row.js';
import type { OperationOptions } from '../../options/operation-options.js';
import { rowError } from '../../repository/row-error.js';
import type { ReadyWrite } from '../../writing/batch.js';
import { writeBulk } from '../../writing/bulk-write.js';
import { checkWriting } from '../copy-options.js';
import type { TablePlace } from '../table-place.js';
import { deleteRows, truncateTable, type TruncateOptions, type TruncateReport } from '../truncate-table.js';
import { IndexComparison } from './index-comparison.js';
import { SurplusEntry } from './index-repair.js';
import { IndexedClass, type IndexedRow } from './indexed-class.js';

/**
 * Deletes all rows of a table or, if the place is an entity class, all rows of the class with their entries in indexes.
 */
export function truncatePlace(place: TablePlace, options: TruncateOptions = {}): Promise<TruncateReport> {
  const { mapper } = place;
  if (mapper === undefined || mapper.metadata.indexes.length === 0) return truncateTable(place, options);
  return truncateClass(new IndexedClass(place, mapper, undefined), options);
}

/**
 * Deletes every row of an entity class with its entries in indexes, then the entries that have no entity. A row that
 * another program writes meanwhile is deleted together with the entries that it then has, or remains together with
 * them.
 */
async function truncateClass(
  indexed: IndexedClass,
  { concurrency, onProgress, signal, timeout }: TruncateOptions,
): Promise<TruncateReport> {
  checkWriting({ concurrency, timeout });
  const requests = { signal, timeout };
  const { store } = indexed.mapper;
  const task = { store, prepare: (row: IndexedRow) => deleting(indexed, row, requests) };
  const report = await deleteRows(indexed.rows(requests), task, { concurrency, onProgress, ...requests });
  const prepare = (entry: SurplusEntry): ReadyWrite => entry.ready(() => undefined);
  const entries = { store, prepare, ignored: 'store.not-found' } as const;
  const { failed } = await writeBulk(staleEntries(indexed, requests), entries, {
    concurrency,
    ...requests,
    onError: 'collect',
  });
  // A failed condition is no failure: an entry that was written meanwhile belongs to an entity.
  const failure = failed.find(({ error }) => !EntitableError.is(error, 'store.precondition-failed'));
  if (failure !== undefined) throw failure.error;
  return report;
}

function deleting(indexed: IndexedClass, row: IndexedRow, options: OperationOptions): ReadyWrite {
  const { mapper, indexes } = indexed;
  const { partitionKey, rowKey, etag, values } = row;
  const address = { partitionKey, rowKey };
  return {
    table: mapper.table,
    write: mapper.prepare({ mode: 'delete', ...address, ifMatch: etag }, []),
    ...(values && indexes.entries(address, values, undefined)),
    again: {
      when: (error) => isLostRace(error, false),
      prepare: async () => {
        const now = await indexed.rowAt(address, options);
        if (now === undefined) throw rowError(mapper, address, 'store.not-found');
        return deleting(indexed, now, options);
      },
    },
    written: () => undefined,
    refused: (error) => error,
  };
}

async function* staleEntries(
  indexed: IndexedClass,
  options: OperationOptions,
): AsyncGenerator<SurplusEntry, void, undefined> {
  const comparison = new IndexComparison(indexed, options, () => undefined);
  for await (const page of comparison.staleEntries()) yield* page.map((entry) => new SurplusEntry(entry));
}
