import { checkFunction, checkOperation } from '../store/check-operation.js';
import { Deadline } from '../store/deadline.js';
import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';
import type { Reading } from './keyed-rows.js';
import type { MatchedRow, MatchWrites, PrepareWrite } from './match-writes.js';
import { WRITE_BY_FILTER_NAMES } from './option-names.js';
import { readPages } from './page-reader.js';
import { refuseSorted, type QueryState } from './query-state.js';
import { rereadMatch } from './reread-match.js';
import { pageSourceOf } from './result-pages.js';
import { writeMatches, type WriteByFilterOptions, type WriteReport } from './write-matches.js';

/** Reads of each match what a write needs: its keys and its ETag. */
export const MATCHES: Reading<MatchedRow> = Object.freeze({
  request: Object.freeze({ select: Object.freeze([]), etag: true }),
  decode: matchOf,
});

/** Reads of each match also what a query gives. */
export function withResults({ request, decode }: Reading<unknown>): Reading<MatchedRow> {
  return { request: { ...request, etag: true }, decode: (row) => ({ ...matchOf(row), result: decode(row) }) };
}

function matchOf(row: RowReader): MatchedRow {
  return { partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY), etag: row.etag };
}

/** Changes every row that a query matches, each on condition that it is as it was read. */
export async function changeMatches<T extends object>(
  state: QueryState<T>,
  reading: Reading<MatchedRow>,
  change: (writes: MatchWrites) => PrepareWrite | Promise<PrepareWrite>,
  options: WriteByFilterOptions | undefined,
): Promise<WriteReport> {
  const { source, writes } = state;
  if (writes === undefined) throw new TypeError('This query was made for reading only');
  checkOperation(options, WRITE_BY_FILTER_NAMES);
  if (options?.onProgress !== undefined) checkFunction('onProgress', options.onProgress);
  const prepare = await new Deadline(options).wait(Promise.resolve(change(writes)));
  const { store, table } = source;
  const matches = pageSourceOf(state, reading);
  refuseSorted(state, matches.plan, 'A write by filter');
  const reread = rereadMatch(matches.reader, options);
  const chunks = (async function* () {
    for await (const { items } of readPages(matches, options)) yield { rows: items };
  })();
  return writeMatches({ store, table, prepare, reread }, chunks, options);
}
