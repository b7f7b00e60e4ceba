import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';
import { DataSource, defineEntity, type PartitionKey, type RowKey } from 'entitable';

/** What two peers write for each other. */
export class Note {
  author!: PartitionKey;
  number!: RowKey;
}

defineEntity(Note, { table: 'Notes', properties: { author: 'PartitionKey', number: 'RowKey' } });

/** Rows that each of two peers writes, in turn with the other. */
export const NOTES = 500;
const PATIENCE = 60_000;

/** A count in a file, which one peer raises, and the other sees without a turn of its event loop. */
class Signal {
  readonly #file: number;
  readonly #bytes = Buffer.alloc(4);

  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT);
  }

  get count(): number {
    return readSync(this.#file, this.#bytes, 0, 4, 0) === 4 ? this.#bytes.readUInt32LE() : 0;
  }

  raise(): void {
    this.#bytes.writeUInt32LE(this.count + 1);
    writeSync(this.#file, this.#bytes, 0, 4, 0);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

/**
 * Writes a row and signals it, and looks for the row that the other peer signals, in turn. While it waits it reads, so that its reads
 * have a snapshot. Gives how many rows were not there when they were signalled.
 */
export async function exchangeNotes(path: string, author: 'first' | 'second'): Promise<number> {
  const other = author === 'first' ? 'second' : 'first';
  using own = new Signal(`${path}.${author}`);
  using signal = new Signal(`${path}.${other}`);
  await using tables = await DataSource.open(`lmdb:${path}`, { durability: 'relaxed' });
  const notes = tables.repository(Note);
  const write = async (): Promise<void> => {
    await notes.insert(Object.assign(new Note(), { author, number: String(own.count) }));
    own.raise();
  };
  let missed = 0;
  if (author === 'first') await write();
  for (let read = 0; read < NOTES; read++) {
    for (const ends = performance.now() + PATIENCE; signal.count === read;) {
      await notes.get({ author: other, number: 'none' });
      if (performance.now() > ends) throw new Error(`The ${other} peer does not signal`);
    }
    if ((await notes.get({ author: other, number: String(read) })) === undefined) missed++;
    if (own.count < NOTES) await write();
  }
  return missed;
}

// Run by itself, as a process or a worker thread, it is the second of two peers: what it ends with is how many rows it missed.
const path = isMainThread ? process.argv[2] : (workerData as string);
if (!isMainThread || process.argv[1] === import.meta.filename) process.exitCode = await exchangeNotes(path!, 'second');
