import { rmSync, writeFileSync } from 'node:fs';
import { DataSource, EntitableError } from 'entitable';
import { Note, note } from './visitor.js';

// A program for a disk that fails as long as a file exists. It writes before, during and after the failure, and prints
// which writes were refused and which rows are stored.
const [path, fault, call] = process.argv.slice(2) as [string, string, string];
const tables = await DataSource.open(`lmdb:${path}`);
const notes = tables.repository(Note);
await notes.insert(note('a', 'before'));
writeFileSync(fault, call);
const refused: string[] = [];
const readMeanwhile: unknown[] = [];
for (const number of ['lost 1', 'lost 2', 'lost 3']) {
  const error: unknown = await notes.insert(note('a', number)).catch((thrown: unknown) => thrown);
  refused.push(EntitableError.is(error) ? error.code : String(error));
  readMeanwhile.push(await notes.query({ author: 'a' }).count());
}
rmSync(fault);
await notes.insert(note('a', 'after 1'));
await notes.insert(note('a', 'after 2'));
const stored = async (source: DataSource): Promise<readonly string[]> =>
  (await source.repository(Note).query({ author: 'a' }).toArray()).map(({ number }) => number).sort();
const found = await stored(tables);
await tables.close();
await using again = await DataSource.open(`lmdb:${path}`);
process.stdout.write(JSON.stringify({ refused, readMeanwhile, found, foundAgain: await stored(again) }));
