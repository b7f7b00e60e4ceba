import { EntitableError } from '../../../src/errors/entitable-error.js';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';
import { SHAPE } from '../../../src/testing/conformance/table-fixture.js';

/** Adds one to a counter as often as it is told, each time under the ETag it read; another process may do the same. */
const [path, times] = process.argv.slice(2) as [string, string];
const INT32 = 1;

const store = await lmdbStore(path);
const rows = store.rows('Counter', SHAPE);

async function increment(): Promise<boolean> {
  const [count, etag] = (await rows.get('p', 'r', (row) => [row.number(INT32), row.etag] as const))!;
  const write = rows.prepare({
    mode: 'merge',
    partitionKey: 'p',
    rowKey: 'r',
    ifMatch: etag,
    write: (row) => row.int32(INT32, count + 1),
  });
  try {
    await store.submit('Counter', [write]);
    return true;
  } catch (error) {
    if (EntitableError.is(error, 'store.precondition-failed')) return false;
    throw error;
  }
}

for (let done = 0; done < Number(times);) if (await increment()) done += 1;
await store[Symbol.asyncDispose]();
