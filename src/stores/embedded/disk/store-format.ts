import type { Deadline } from '../../../async/deadline.js';
import { OwnedRow, contentOf, type OrderedRows, type RowSource } from '../ordered-rows.js';
import { SYSTEM, SYSTEM_TABLE } from '../system-table.js';
import { EntitableError } from '../../../errors/entitable-error.js';

/** Creates the error for files that this library did not write or cannot read. */
export function incompatibleFormat(path: string, why: string): EntitableError {
  return new EntitableError(
    'store.incompatible-format',
    `The files in ${path} cannot be used: ${why}. Nothing was changed. Give another path, or use what wrote them.`,
    {},
  );
}

/** The version of the format of keys, rows and system rows that this package reads and writes. */
const VERSION = 1;
const ROW_KEY = 'format';

/** The format record in the files of a store. The settings of every process that opens the files must agree with it. */
interface Format {
  readonly version: number;
  readonly tableNamesIgnoreCase: boolean;
}

/**
 * Checks the format record of a store, and writes one into a new store. Throws `store.incompatible-format` for a store
 * with a different format, and leaves it unchanged. `isForeign` returns whether files without a format record were
 * written by another program.
 */
export async function checkFormat(
  rows: OrderedRows,
  path: string,
  tableNamesIgnoreCase: boolean,
  isForeign: () => boolean,
  deadline?: Deadline,
): Promise<void> {
  const expected: Format = { version: VERSION, tableNamesIgnoreCase };
  const isMarked = (source: RowSource): boolean => {
    const row = source.get(SYSTEM_TABLE, SYSTEM.state, ROW_KEY);
    if (row !== undefined) checkEqual(parse(contentOf(row).toString(), path), expected, path);
    return row !== undefined;
  };
  await rows.renew(deadline);
  if (isMarked(rows)) return; // an existing store is opened without waiting for its writers
  await rows.transact((transaction) => {
    if (isMarked(transaction)) return;
    if (isForeign()) throw incompatibleFormat(path, 'they were not written by this library');
    transaction.put(SYSTEM_TABLE, new OwnedRow(SYSTEM.state, ROW_KEY, Buffer.from(JSON.stringify(expected))));
  }, deadline);
}

function parse(text: string, path: string): Partial<Format> {
  try {
    return JSON.parse(text) as Partial<Format>;
  } catch {
    throw incompatibleFormat(path, 'their format is not readable');
  }
}

function checkEqual(found: Partial<Format>, expected: Format, path: string): void {
  if (found.version !== expected.version) {
    throw incompatibleFormat(
      path,
      `they have format ${found.version}, and this version of the library knows format ${VERSION}`,
    );
  }
  if (found.tableNamesIgnoreCase !== expected.tableNamesIgnoreCase) {
    const made = found.tableNamesIgnoreCase === true ? 'ignore case' : 'tell case apart';
    throw incompatibleFormat(path, `their table names ${made}, and the limits given say otherwise`);
  }
}
