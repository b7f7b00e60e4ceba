import { expect } from 'chai';
import { DataSource, EntitableError } from 'entitable';
import { seeded } from '../../support/seeded.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { stress } from '../embedded/stress.js';
import { Note, note, type Visit } from './visitor.js';
import { failuresOf, startVisitor, writtenBy, type Visitor } from './visitors.js';

const MILLISECONDS = stress(1500, 60_000);
const ROUNDS = stress(3, 300);
const KILLS = stress(12, 1000);
/** Milliseconds within which opening a store that is in use must fail. */
const AT_ONCE = 2000;

const holding = (path: string): Visit => ({ path, mode: 'hold', author: 'holder', milliseconds: 0 });

/** Opens and closes a store. Returns the error if the store is in use, and `undefined` if it is not. */
async function refusal(path: string): Promise<EntitableError | undefined> {
  try {
    await (await DataSource.open(`lmdb:${path}`)).close();
    return undefined;
  } catch (error) {
    if (EntitableError.is(error, 'store.in-use')) return error;
    throw error;
  }
}

/** Returns the rows of all authors. */
async function stored(path: string): Promise<ReadonlySet<string>> {
  await using tables = await DataSource.open(`lmdb:${path}`);
  const notes = await tables.repository(Note).scan().toArray();
  return new Set(notes.map(({ author, number }) => `${author} ${number}`));
}

async function missing(path: string, visitors: readonly Visitor[]): Promise<readonly string[]> {
  const found = await stored(path);
  return writtenBy(visitors).filter((row) => !found.has(row));
}

describe('An lmdb store that another process or thread has open', () => {
  const newPath = scratchDirectory();

  for (const kind of ['process', 'thread'] as const) {
    it(`An lmdb store that is open in another ${kind} is refused at once, and free as soon as that has ended in any way`, async function () {
      this.timeout(60_000);
      const path = newPath();
      const holder = startVisitor(kind, holding(path));
      await holder.began;
      expect(holder.told).to.deep.equal(['holds 1']);
      const began = performance.now();
      const { message } = (await refusal(path))!;
      expect(performance.now() - began).to.be.lessThan(AT_ONCE);
      expect(message)
        .to.include(path)
        .and.include('another process')
        .and.include('another thread')
        .and.include('sqlite:');
      holder.kill('SIGKILL');
      await holder.ended;
      expect(await refusal(path)).to.equal(undefined);
      expect([...(await stored(path))]).to.deep.equal(['holder held']);
    });

    it(`An lmdb store that four users (kind: ${kind}) open in turns loses no rows, and fails only with store.in-use`, async function () {
      this.timeout(MILLISECONDS + 60_000);
      const path = newPath();
      const visitors = [1, 2, 3, 4].map((number) =>
        startVisitor(kind, { path, mode: 'visit', author: `visitor ${number}`, milliseconds: MILLISECONDS }),
      );
      await Promise.all(visitors.map(({ ended }) => ended));
      expect(failuresOf(visitors)).to.deep.equal([]);
      expect(await missing(path, visitors)).to.deep.equal([]);
      expect(writtenBy(visitors).length).to.be.greaterThan(0);
    });
  }

  it('An lmdb store that is open in a stopped process is refused at once', async function () {
    if (process.platform === 'win32') this.skip(); // Windows cannot stop a process
    this.timeout(60_000);
    const path = newPath();
    const holder = startVisitor('process', holding(path));
    await holder.began;
    holder.kill('SIGSTOP');
    const began = performance.now();
    expect(await refusal(path)).to.have.property('code', 'store.in-use');
    expect(performance.now() - began).to.be.lessThan(AT_ONCE);
    holder.kill('SIGKILL');
    await holder.ended;
    expect(await refusal(path)).to.equal(undefined);
  });

  it(`An lmdb store is created by one of several processes that open it at the same time (${ROUNDS} times)`, async function () {
    this.timeout(ROUNDS * 20_000);
    for (let round = 0; round < ROUNDS; round++) {
      const path = newPath();
      const visitors = Array.from({ length: stress(3, 8) }, (_, number) =>
        startVisitor('process', { path, mode: 'visit', author: `visitor ${number}`, milliseconds: 300 }),
      );
      await Promise.all(visitors.map(({ ended }) => ended));
      expect(failuresOf(visitors)).to.deep.equal([]);
      expect(await missing(path, visitors)).to.deep.equal([]);
    }
  });

  it(`An lmdb store keeps all acknowledged rows when its users are killed at any moment (${KILLS} times)`, async function () {
    this.timeout(60_000 + KILLS * 2000);
    const random = seeded(KILLS);
    const visitors: Visitor[] = [];
    const path = newPath();
    const start = (): Visitor => {
      const author = `visitor ${visitors.length}`;
      const visitor = startVisitor('process', { path, mode: 'visit', author, milliseconds: 600_000 });
      visitors.push(visitor);
      return visitor;
    };
    const running = [start(), start(), start(), start()];
    for (let kills = 0; kills < KILLS; kills++) {
      const index = Math.floor(random() * running.length);
      const victim = running[index]!;
      await victim.began;
      await new Promise((resolve) => setTimeout(resolve, random() * 60));
      victim.kill('SIGKILL');
      await victim.ended;
      running[index] = start();
    }
    for (const visitor of running) visitor.kill('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
    expect(failuresOf(visitors)).to.deep.equal([]);
    expect(await missing(path, visitors)).to.deep.equal([]);
    expect(writtenBy(visitors).length).to.be.greaterThan(KILLS);
  });
});

describe('An lmdb store that several data sources of one thread have open', () => {
  const newPath = scratchDirectory();

  it('An lmdb store is shared by the data sources of a thread in any order of opening and closing, and free after the last', async function () {
    this.timeout(60_000);
    const path = newPath();
    const random = seeded(15);
    const written: string[] = [];
    const use = async (user: number): Promise<void> => {
      for (let visit = 0; visit < 10; visit++) {
        await using tables = await DataSource.open(
          `lmdb:${random() < 0.5 ? path : `${path}/../${path.split('/').at(-1)!}`}`,
        );
        const row = note(`user ${user}`, String(visit));
        await tables.repository(Note).insert(row);
        written.push(`${row.author} ${row.number}`);
        if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, random() * 5));
      }
    };
    await Promise.all([1, 2, 3, 4, 5].map(use));
    const other = startVisitor('process', holding(path));
    await other.began;
    expect(other.told).to.deep.equal(['holds 1']);
    other.kill('SIGKILL');
    await other.ended;
    expect([...(await stored(path))].sort()).to.deep.equal([...written, 'holder held'].sort());
  });

  it('An lmdb store stays open for the other data sources when one of them is closed', async () => {
    const path = newPath();
    const one = await DataSource.open(`lmdb:${path}`);
    await using other = await DataSource.open(`lmdb:${path}`);
    await Promise.all([one.close(), other.repository(Note).insert(note('a', '1'))]);
    await other.repository(Note).insert(note('a', '2'));
    expect(await other.repository(Note).query({ author: 'a' }).count()).to.equal(2);
  });

  it('An lmdb store cannot be open with two durabilities at once, since one would not be honoured', async () => {
    const path = newPath();
    const one = await DataSource.open(`lmdb:${path}`, { durability: 'relaxed' });
    const { message } = (await refusal(path))!;
    expect(message).to.include(path).and.include('"relaxed"').and.include('"full"');
    await one.close();
    expect(await refusal(path)).to.equal(undefined);
  });

  it('An lmdb store can be opened by any number of data sources of a thread', async () => {
    const path = newPath();
    const opened = await Promise.all(Array.from({ length: 200 }, () => DataSource.open(`lmdb:${path}`)));
    await opened[0]!.repository(Note).insert(note('a', '1'));
    const counts = await Promise.all(opened.map((tables) => tables.repository(Note).query({ author: 'a' }).count()));
    expect(new Set(counts)).to.deep.equal(new Set([1]));
    await Promise.all(opened.map((tables) => tables.close()));
    expect(await refusal(path)).to.equal(undefined);
  });
});
