import { isMainThread, workerData } from 'node:worker_threads';
import { DataSource, defineEntity, EntitableError, type PartitionKey, type RowKey } from 'entitable';

/** The entity that visitors write. */
export class Note {
  author!: PartitionKey;
  number!: RowKey;
}

defineEntity(Note, { table: 'Notes', properties: { author: 'PartitionKey', number: 'RowKey' } });

/** Creates the row of an author and a number. */
export const note = (author: string, number: string): Note => Object.assign(new Note(), { author, number });

/**
 * Arguments of a visitor: `hold` leaves the store open; `visit` opens and closes it repeatedly for some milliseconds.
 */
export interface Visit {
  readonly path: string;
  readonly mode: 'hold' | 'visit';
  readonly author: string;
  readonly milliseconds: number;
}

/**
 * Opens a store, writes a row, reads it and closes the store, repeatedly. Reports each step as a word and a number or
 * code.
 */
async function visit({ path, author, milliseconds }: Visit, tell: (line: string) => void): Promise<void> {
  for (let number = 0, ends = performance.now() + milliseconds; performance.now() < ends; number++) {
    try {
      await using tables = await DataSource.open(`lmdb:${path}`, { durability: 'relaxed' });
      const notes = tables.repository(Note);
      await notes.insert(note(author, String(number)));
      tell(`wrote ${number}`);
      if (!(await notes.exists({ author, number: String(number) }))) tell(`missed ${number}`);
    } catch (error) {
      tell(`failed ${EntitableError.is(error) ? error.code : String(error)}`);
    }
  }
}

/** Opens a store, and keeps it open and the process running. */
async function hold({ path, author }: Visit, tell: (line: string) => void): Promise<void> {
  const tables = await DataSource.open(`lmdb:${path}`);
  await tables.repository(Note).upsert(note(author, 'held'));
  tell('holds 1');
  setInterval(() => void tables, 1000);
}

const given = isMainThread ? process.argv[2] : (workerData as string);
if (!isMainThread || process.argv[1] === import.meta.filename) {
  const order = JSON.parse(given!) as Visit;
  const run = order.mode === 'hold' ? hold : visit;
  await run(order, (line) => void process.stdout.write(`${line}\n`));
}
