import { SHAPE } from '../../../src/testing/conformance/table-fixture.js';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';

/** Writes transactions of 1 to 20 rows until it is killed, and says of each, once it is acknowledged, which it was. */
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

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
