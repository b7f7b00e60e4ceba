import { PARTITION_KEY, ROW_KEY, type Slot } from '../../../store/row.js';
import { isWithin, type KeyRange, type ScanRequest } from '../../../store/table-store.js';
import type { JsonRowReader } from '../json/json-row-reader.js';

/** Returns what is wrong with a row of a response, or `undefined` if it is as expected. */
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

/** Returns the check for the rows of a query. It compares the keys only; filters are evaluated by the service. */
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

/** Matches texts whose order by code points, by which a service may sort keys, can differ from that by UTF-16 units. */
const HIGH = /[\uD800-\uFFFF]/;
