import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource, EntitableError } from 'entitable';
import { Note, note } from './visitor.js';

// A program for a small disk of its own. It fills the disk, uses a store, makes room again, and prints the result of
// each step.
const disk = process.argv[2]!;
const path = join(disk, 'store');
const ballast = join(disk, 'ballast');
const results: Record<string, unknown> = {};

function fill(): void {
  for (let size = 64 * 1024; size > 0;) {
    try {
      appendFileSync(ballast, Buffer.alloc(size, 1));
    } catch {
      size = size === 1 ? 0 : Math.floor(size / 2);
    }
  }
}

async function tell(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    results[what] = await work();
  } catch (error) {
    results[what] = EntitableError.is(error) ? error.code : String(error);
  }
}

async function countOf(tables: DataSource): Promise<number> {
  return tables.repository(Note).query({ author: 'a' }).count();
}

writeFileSync(ballast, '');
fill();
await tell('a new store', () => DataSource.open(`lmdb:${path}`));
rmSync(ballast);
await tell('the same with room', async () => {
  await using tables = await DataSource.open(`lmdb:${path}`);
  await tables.repository(Note).insert(note('a', '1'));
  return await countOf(tables);
});
rmSync(join(path, 'lock.mdb'));
fill();
await tell('without a lock file', () => DataSource.open(`lmdb:${path}`));
rmSync(ballast);
await using tables = await DataSource.open(`lmdb:${path}`);
await tables.close();
fill();
await using again = await DataSource.open(`lmdb:${path}`);
await tell('with one', () => countOf(again));
await tell('a write', () => again.repository(Note).insert(note('a', '2')));
await tell('a read', () => countOf(again));
rmSync(ballast);
await tell('a write with room', async () => {
  await again.repository(Note).insert(note('a', '2'));
  return countOf(again);
});
process.stdout.write(JSON.stringify(results));
