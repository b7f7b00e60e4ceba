import { figure, table } from '../support/measure.js';
import type { Figures, Metric } from './metrics.js';

/** The targets: the minimum ratio of a competitor's time to that of an Entitable store. */
const TARGETS: readonly (readonly [own: string, words: string, rivals: RegExp, metric: Metric, least: number])[] = [
  ['sqlite', 'get within 2x of SQL by hand', /by hand/, 'get µs', 1 / 2],
  ['sqlite', 'get 5x faster than any ORM', /ORM/, 'get µs', 5],
  ['sqlite', 'page 5x faster than any ORM', /ORM/, 'page of 1000 ms', 5],
  ['sqlite', 'sequential inserts within 1.5x of SQL by hand', /by hand/, 'insert µs', 1 / 1.5],
  ['sqlite', 'inserts in flight within 1.5x of SQL by hand', /by hand/, 'insert, 100 in flight µs', 1 / 1.5],
  ['sqlite', 'filter not slower than TypeORM', /TypeORM/, 'filter 1 % of 100k ms', 1],
  ['sqlite', 'Azurite: get 100x', /^Azurite/, 'get µs', 100],
  ['sqlite', 'Azurite: page 10x', /^Azurite/, 'page of 1000 ms', 10],
  ['sqlite', 'Azurite: batch 10x', /^Azurite/, 'batch of 100 µs/entity', 10],
  ['sqlite', 'Azurite: sequential insert 2x', /^Azurite/, 'insert µs', 2],
  ['sqlite', 'Azurite: filter not slower', /^Azurite/, 'filter 1 % of 100k ms', 1],
  ['lmdb', 'get within 2x of raw lmdb', /^raw lmdb/, 'get µs', 1 / 2],
  ['lmdb', 'get 5x faster than any ORM', /ORM/, 'get µs', 5],
  ['lmdb', 'page 5x faster than any ORM', /ORM/, 'page of 1000 ms', 5],
  ['lmdb', 'sequential inserts within 1.5x of raw lmdb', /^raw lmdb/, 'insert µs', 1 / 1.5],
  ['lmdb', 'inserts in flight within 1.5x of raw lmdb', /^raw lmdb/, 'insert, 100 in flight µs', 1 / 1.5],
];

/** Returns a table of the targets, each with its ratio to the closest competitor. */
export function targetsTable(all: ReadonlyMap<string, Figures>): string {
  const rows = TARGETS.map(([store, words, rivals, metric, least]) => {
    const own = all.get(`entitable ${store}`)!;
    const ratios = [...all].filter(([name]) => rivals.test(name)).map(([, figures]) => figures[metric] / own[metric]);
    const ratio = Math.min(...ratios);
    // A target below 1 is shown inverted: as the ratio of Entitable's time to the competitor's.
    const said = least < 1 ? 1 / ratio : ratio;
    return [`${store}: ${words}`, `${figure(said)}x`, ratio >= least ? 'met' : 'missed'];
  });
  return table([['target', '', ''], ...rows]);
}
