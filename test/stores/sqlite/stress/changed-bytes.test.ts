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
/** Where SQLite keeps the version for writers: it takes a file of a later one for a file that may only be read. */
const WRITE_VERSION_AT = 18;

type Reader = CommandedProcess<ReadCommand, Reading>;

/** A place in the file: anywhere, in what SQLite says of the file at its beginning, or in its first pages. */
function place(random: Random, size: number): number {
  const kind = random();
  return below(random, kind < 0.7 ? size : kind < 0.85 ? 100 : 3 * PAGE);
}

/** The codes by which a changed byte may be told. */
function codesAt(at: number): readonly string[] {
  return at === WRITE_VERSION_AT ? [...CODES, 'store.unavailable'] : CODES;
}

/** Changes one bit of a file; done again, it is as before. */
function flip(path: string, at: number, bit: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0]! ^= 1 << bit;
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}

/** What readings showed, and how often. */
class Tally {
  readonly wrong: string[] = [];
  readonly #counts = new Map<string, number>();
  #reader: Reader | undefined;

  get counts(): string {
    return JSON.stringify(Object.fromEntries(this.#counts));
  }

  /** Has a process read a store; one that was ended by it is followed by another. */
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

  it(`gives no wrong row, misses none in silence and ends no process after ${FLIPS} flips of a bit`, async function () {
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

  it(`gives no wrong row, misses none in silence and ends no process after ${CUTS} cuts, half of them between pages`, async function () {
    this.timeout(60_000 + CUTS * 500);
    const random = seeded(CUTS);
    const tally = new Tally();
    const path = newPath();
    for (let done = 0; done < CUTS; done++) {
      // Nothing at all is a store that is still to be made.
      const length = done % 2 === 0 ? PAGE * (1 + below(random, size / PAGE - 1)) : 1 + below(random, size - 1);
      copyFileSync(original, path);
      truncateSync(path, length);
      await tally.read(`cut to ${length} bytes`, { path, how: 'write' });
    }
    await tally.end();
    say(`${CUTS} cuts of ${size} bytes: ${tally.counts}`);
    expect(tally.wrong.slice(0, 10)).to.deep.equal([]);
  });

  it(`gives no wrong row when a bit flips while it is open, and all again when it flips back, ${FLIPS_WHILE_OPEN} times`, async function () {
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
