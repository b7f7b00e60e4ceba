import { PARTITION_KEY, ROW_KEY, type Slot } from '../../../store/row.js';
import { isWithin, type KeyRange, type ScanRequest } from '../../../store/table-store.js';
import type { JsonRowReader } from '../json/json-row-reader.js';

/** Returns a description of what is wrong with a row in a response, or `undefined` if it is as expected. */
export type RowCheck = (row: JsonRowReader) => string | undefined;

const NO_KEYS = 'it has a row without its keys, or without the ETag that was asked for';
const OTHER_ROW = 'it has another row than was asked for';

/** Returns the check for a read of one row. */
export function expectRow(partitionKey: string, rowKey: string): RowCheck {
  return (row) => {
    if (!row.isWhole(false)) return NO_KEYS;
    return row.string(PARTITION_KEY) === partitionKey && row.string(ROW_KEY) === rowKey ? undefined : OTHER_ROW;
  };
}

/**
 * Returns the check for the rows of a query. It checks only that the keys lie in the requested ranges, not that the row
 * matches the filter.
 */
export function expectRows({ select, etag = select === undefined, partitionKey, rowKey }: ScanRequest): RowCheck {
  const tests = [keyTest(PARTITION_KEY, partitionKey), keyTest(ROW_KEY, rowKey)].filter((test) => test !== anyKey);
  return (row) => {
    if (!row.isWhole(etag)) return NO_KEYS;
    for (const test of tests) if (!test(row)) return OTHER_ROW;
    return undefined;
  };
}

function keyTest(slot: Slot, keys: string | KeyRange | undefined): (row: JsonRowReader) => boolean {
  if (keys === undefined) return anyKey;
  if (typeof keys === 'string') {
    const bytes = Buffer.from(keys);
    return (row) => row.isKey(slot, keys, bytes);
  }
  return (row) => mayBeWithin(row.string(slot), keys);
}

function anyKey(): boolean {
  return true;
}

function mayBeWithin(key: string, range: KeyRange): boolean {
  return isWithin(key, range) || [key, range.from?.value ?? '', range.to?.value ?? ''].some((text) => HIGH.test(text));
}

/**
 * Matches a text with a UTF-16 code unit of 0xD800 or more. Only for such texts can the order by code points, in which
 * a service may sort keys, differ from the order by code units, in which JavaScript compares strings.
 */
const HIGH = /[\uD800-\uFFFF]/;
