import type { PreparedWrite } from '../../../src/store/table-store.js';
import { SHAPE } from '../../../src/testing/conformance/table-fixture.js';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';

/**
 * Writes transactions of 1 to 20 rows until it is killed. After each is acknowledged, it prints its id and its size.
 */
const [path, round] = process.argv.slice(2) as [string, string];
const WRITERS = 4;
const LARGEST = 20;

const store = await lmdbStore(path);
await store.createTable('Crash');
const rows = store.rows('Crash', SHAPE);

async function write(writer: number): Promise<never> {
  for (let batch = 0; ; batch++) {
    const size = 1 + ((batch * 7 + writer * 3) % LARGEST);
    const id = `${round}-${writer}-${batch}`;
    const writes = Array.from({ length: size }, (_, index) =>
      rows.prepare({
        mode: 'insert',
        partitionKey: `p${writer}`,
        rowKey: `${id}-${index}`,
        write: (row) => {
          row.string(0, id);
          row.int32(1, size);
        },
      }),
    );
    await store.submit('Crash', writes);
    process.stdout.write(`${id} ${size}\n`);
  }
}

/** Writes large rows and deletes them, so that the last used pages of the file are often free pages. */
async function churn(): Promise<never> {
  const own = store.rows('Churn', SHAPE);
  for (let turn = 0; ; turn++) {
    const large = 'x'.repeat(500 + ((turn * 7919) % 60) * 1000);
    const prepare = (mode: 'upsert-replace' | 'delete', row: number): PreparedWrite =>
      own.prepare({
        mode,
        partitionKey: 'p',
        rowKey: String(row),
        ...(mode === 'delete' ? { ifMatch: '*' } : { write: (writer) => writer.binary(7, Buffer.from(large)) }),
      });
    const rowsOf = [0, 1, 2, 3].map((row) => (turn * 3 + row) % 20);
    await store.submit(
      'Churn',
      rowsOf.map((row) => prepare('upsert-replace', row)),
    );
    await store.submit(
      'Churn',
      rowsOf.map((row) => prepare('delete', row)),
    );
  }
}

await store.createTable('Churn');
await Promise.all([churn(), ...Array.from({ length: WRITERS }, (_, writer) => write(writer))]);
