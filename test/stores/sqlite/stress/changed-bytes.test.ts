import { closeSync, copyFileSync, openSync, readFileSync, readSync, truncateSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { below, seeded, type Random } from '../../../support/seeded.js';
import { scratchDirectory } from '../../embedded/scratch-directory.js';
import { stress } from '../../embedded/stress.js';
import { CommandedProcess } from './commanded-process.js';
import type { ReadCommand } from './known-rows-reader.js';
import { writeKnownRows, type Reading } from './known-rows.js';
import { say } from './say.js';

const FLIPS = stress(200, 2000);
const CUTS = stress(50, 500);
const FLIPS_WHILE_OPEN = stress(20, 500);
const PAGE = 4096;
/** Milliseconds that reading a store may take. */
const PATIENCE = 30_000;
const CODES = ['store.damaged', 'store.incompatible-format'];
/** Offset of SQLite's version for writers. SQLite opens a file with a later version read-only. */
const WRITE_VERSION_AT = 18;

type Reader = CommandedProcess<ReadCommand, Reading>;

/** Chooses a position in the file: anywhere, in SQLite's header at its start, or in its first pages. */
function place(random: Random, size: number): number {
  const kind = random();
  return below(random, kind < 0.7 ? size : kind < 0.85 ? 100 : 3 * PAGE);
}

/** Returns the error codes that a changed byte may cause. */
function codesAt(at: number): readonly string[] {
  return at === WRITE_VERSION_AT ? [...CODES, 'store.unavailable'] : CODES;
}

/** Flips one bit of a file. A second flip restores it. */
function flip(path: string, at: number, bit: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0]! ^= 1 << bit;
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}

/** Counts the results of readings. */
class Tally {
  readonly wrong: string[] = [];
  readonly #counts = new Map<string, number>();
  #reader: Reader | undefined;

  get counts(): string {
    return JSON.stringify(Object.fromEntries(this.#counts));
  }

  /** Lets a process read a store. If that ends the process, the next reading starts another. */
  async read(what: string, command: ReadCommand, codes: readonly string[] = CODES): Promise<void> {
    const reading = await this.#reading(command);
    const told = reading.told.toSorted().join(' and ') || 'all rows are right';
    this.#counts.set(told, (this.#counts.get(told) ?? 0) + 1);
    const unclear = reading.told.filter((code) => !codes.includes(code));
    for (const problem of [...reading.wrong, ...unclear]) this.wrong.push(`${what}: ${problem}`);
  }

  async end(): Promise<void> {
    await this.#reader?.[Symbol.asyncDispose]();
  }

  async #reading(command: ReadCommand): Promise<Reading> {
    this.#reader ??= new CommandedProcess('./known-rows-reader.js');
    const stops = new AbortController();
    try {
      return await Promise.race([this.#reader.do(command), neverEnds(stops.signal)]);
    } catch (error) {
      this.#reader.kill();
      this.#reader = undefined;
      return { wrong: [String(error)], told: [] };
    } finally {
      stops.abort();
    }
  }
}

async function neverEnds(signal: AbortSignal): Promise<never> {
  await wait(PATIENCE, undefined, { signal }).catch(() => {});
  throw new Error(`It did not answer within ${PATIENCE} ms`);
}

describe('A sqlite store whose file was changed by something else', () => {
  const newPath = scratchDirectory();
  let original: string;
  let size: number;
  before(async () => {
    original = newPath();
    await writeKnownRows(original);
    size = readFileSync(original).length;
  });

  it(`A sqlite store returns no wrong row, hides no missing row and crashes no process after ${FLIPS} flipped bits`, async function () {
    this.timeout(60_000 + FLIPS * 500);
    const random = seeded(FLIPS);
    const tally = new Tally();
    const path = newPath();
    for (let done = 0; done < FLIPS; done++) {
      const [at, bit] = [place(random, size), below(random, 8)];
      copyFileSync(original, path);
      flip(path, at, bit);
      await tally.read(`bit ${bit} of byte ${at}`, { path, how: done % 2 === 0 ? 'write' : 'read' }, codesAt(at));
    }
    await tally.end();
    say(`${FLIPS} flips in ${size} bytes: ${tally.counts}`);
    expect(tally.wrong.slice(0, 10)).to.deep.equal([]);
  });

  it(`A sqlite store returns no wrong row, hides no missing row and crashes no process after ${CUTS} truncations`, async function () {
    this.timeout(60_000 + CUTS * 500);
    const random = seeded(CUTS);
    const tally = new Tally();
    const path = newPath();
    for (let done = 0; done < CUTS; done++) {
      // Length 0 would be a store that is still to be created.
      const length = done % 2 === 0 ? PAGE * (1 + below(random, size / PAGE - 1)) : 1 + below(random, size - 1);
      copyFileSync(original, path);
      truncateSync(path, length);
      await tally.read(`cut to ${length} bytes`, { path, how: 'write' });
    }
    await tally.end();
    say(`${CUTS} cuts of ${size} bytes: ${tally.counts}`);
    expect(tally.wrong.slice(0, 10)).to.deep.equal([]);
  });

  it(`A sqlite store returns no wrong row if a bit flips while it is open, and all rows once it flips back (${FLIPS_WHILE_OPEN} times)`, async function () {
    this.timeout(60_000 + FLIPS_WHILE_OPEN * 1000);
    const random = seeded(FLIPS_WHILE_OPEN);
    const tally = new Tally();
    const path = newPath();
    copyFileSync(original, path);
    await tally.read('whole', { path, how: 'keep' });
    const others = new Tally();
    for (let done = 0; done < FLIPS_WHILE_OPEN; done++) {
      const [at, bit] = [place(random, size), below(random, 8)];
      flip(path, at, bit);
      await tally.read(`bit ${bit} of byte ${at}`, { path, how: 'keep' }, codesAt(at));
      await others.read(`bit ${bit} of byte ${at}`, { path, how: 'read' }, codesAt(at));
      flip(path, at, bit);
    }
    await tally.read('whole again', { path, how: 'keep' });
    await Promise.all([tally.end(), others.end()]);
    say(`${FLIPS_WHILE_OPEN} flips while it is open: ${tally.counts}; to who opens it then: ${others.counts}`);
    expect([...tally.wrong, ...others.wrong].slice(0, 10)).to.deep.equal([]);
  });
});
