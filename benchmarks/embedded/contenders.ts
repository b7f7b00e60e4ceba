import { azurite } from './azurite-contender.js';
import type { Contender } from './contender.js';
import { entitableLmdb, entitableMemory, entitableSqlite } from './entitable-contender.js';
import { mikroOrm, mikroOrmVersion } from './mikro-orm-contender.js';
import { rawLmdb, rawLmdbVersion } from './raw-lmdb-contender.js';
import { sqlite } from './sqlite-contender.js';
import { typeormVersion } from '../support/typeorm.js';
import { typeorm } from './typeorm-contender.js';

/** Everything that is measured, in the order of the table. */
export const CONTENDERS: readonly Contender[] = [
  entitableSqlite,
  entitableLmdb,
  entitableMemory,
  rawLmdb,
  sqlite,
  typeorm,
  mikroOrm,
  azurite,
];

/** Finds a contender by the name that a process of the benchmark is started with. */
export function contenderOf(name: string): Contender {
  const contender = CONTENDERS.find((candidate) => candidate.name === name);
  if (contender === undefined) throw new Error(`No contender is named ${name}`);
  return contender;
}

/** Returns the versions of the compared libraries. */
export function versions(): string {
  return [rawLmdbVersion(), typeormVersion(), mikroOrmVersion()].join(', ');
}
