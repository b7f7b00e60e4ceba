import { DataSource } from '../../src/index.js';
import { lmdbStore } from '../../src/stores/lmdb/lmdb-store.js';
import { sqliteStore } from '../../src/stores/sqlite/sqlite-store.js';
import { seeded } from '../support/seeded.js';
import { Rival } from './rival.js';

/**
 * A process of its own that runs verbs of four rivals on a store: as many as it is told, or until it is killed. It
 * prints a dot when a verb of each has ended.
 */
const [engine, path, seed, rounds] = process.argv.slice(2) as [string, string, string, string];

const store = await (engine === 'sqlite' ? sqliteStore(path) : lmdbStore(path));
const db = await DataSource.open(store);
const random = seeded(Number(seed));
const rivals = Array.from({ length: 4 }, () => new Rival(db, random));
for (let left = Number(rounds); left > 0; left--) {
  await Promise.all(rivals.map((rival) => rival.act()));
  process.stdout.write('.');
}
await db.close();
