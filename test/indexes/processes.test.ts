import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { DataSource } from '../../src/index.js';
import { lmdbStore } from '../../src/stores/lmdb/lmdb-store.js';
import { sqliteStore } from '../../src/stores/sqlite/sqlite-store.js';
import { scratchDirectory } from '../stores/embedded/scratch-directory.js';
import { stress } from '../stores/embedded/stress.js';
import { seeded } from '../support/seeded.js';
import { Order, Rival } from './rival.js';
import { findings, User } from './users.js';

const KILLS = stress(5, 50);
const ROUNDS = stress(40, 1000);
const SEED = Number(process.env['SEED'] ?? 1);
const AT_REST = { missing: [], surplus: [] };
const WRITER = fileURLToPath(new URL('./rival-process.js', import.meta.url));

type Engine = 'lmdb' | 'sqlite';

function start(engine: Engine, path: string, seed: number, rounds: number): ChildProcess {
  const child = spawn(process.execPath, [WRITER, engine, path, String(seed), String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.resume(); // else a process whose output nobody reads would not close
  return child;
}

async function openSource(engine: Engine, path: string): Promise<DataSource> {
  return DataSource.open(await (engine === 'sqlite' ? sqliteStore(path) : lmdbStore(path)));
}

async function expectAtRest(db: DataSource, when: string): Promise<void> {
  for (const entityClass of [User, Order]) {
    expect(await findings(db, entityClass), `seed ${SEED}, ${when}, ${entityClass.name}`).to.deep.equal(AT_REST);
  }
}

describe('Indexes of a store whose processes are killed', () => {
  const newPath = scratchDirectory();

  for (const engine of ['lmdb', 'sqlite'] as const) {
    it(`have the entries of all entities after every kill of a process that writes to ${engine}, ${KILLS} times`, async function () {
      this.timeout(10_000 + KILLS * 10_000);
      const path = newPath();
      const random = seeded(SEED);
      let verbs = 0;
      for (let kill = 1; kill <= KILLS; kill++) {
        const writer = start(engine, path, SEED * 1000 + kill, Infinity);
        writer.stdout!.on('data', (dots: Buffer) => (verbs += dots.length));
        const closed = once(writer, 'close');
        await Promise.race([once(writer.stdout!, 'data'), closed]);
        await setTimeout(random() * 150);
        writer.kill('SIGKILL');
        expect(await closed).to.deep.equal([null, 'SIGKILL']);
        await using db = await openSource(engine, path);
        await expectAtRest(db, `kill ${kill}`);
      }
      expect(verbs).to.be.greaterThan(KILLS);
    });
  }
});

describe('Indexes of a store that several processes write to', () => {
  const newPath = scratchDirectory();

  it('have the entries of all entities, on sqlite', async function () {
    this.timeout(60_000 + ROUNDS * 1000);
    const path = newPath();
    await using db = await openSource('sqlite', path);
    await db.tables.ensure([User]);
    const random = seeded(SEED);
    const rival = new Rival(db, random);
    const writers = [1, 2].map((number) => once(start('sqlite', path, SEED * 1000 + number, ROUNDS), 'close'));
    for (let round = 0; round < ROUNDS; round++) await rival.act();
    expect(await Promise.all(writers)).to.deep.equal([
      [0, null],
      [0, null],
    ]);
    await expectAtRest(db, 'at the end');
  });
});
