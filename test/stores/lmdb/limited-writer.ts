import { DataSource, EntitableError, defineEntity, type PartitionKey, type RowKey } from 'entitable';

class Page {
  book!: PartitionKey;
  number!: RowKey;
  bytes!: Uint8Array;
}

defineEntity(Page, { table: 'Pages', properties: { book: 'PartitionKey', number: 'RowKey', bytes: 'Binary' } });

const MOST = 1000;

// A program to run under a limit on file sizes. It writes until two writes were refused, and prints how many rows were
// written, how many are stored, and the error.
const tables = await DataSource.open(`lmdb:${process.argv[2]!}`);
const pages = tables.repository(Page);
let written = 0;
let error: unknown;
for (let failures = 0; failures < 2 && written < MOST;) {
  const bytes = new Uint8Array(60_000).fill(written % 256);
  try {
    await pages.insert(Object.assign(new Page(), { book: 'b', number: String(written), bytes }));
    written++;
  } catch (thrown) {
    error = EntitableError.is(thrown) ? thrown.code : String(thrown);
    failures++;
  }
}
await tables.close();
await using again = await DataSource.open(`lmdb:${process.argv[2]!}`);
let found = 0;
for await (const { number, bytes } of again.repository(Page).query({ book: 'b' })) {
  if (bytes.every((byte) => byte === Number(number) % 256)) found++;
}
process.stdout.write(JSON.stringify({ written, found, error }));
