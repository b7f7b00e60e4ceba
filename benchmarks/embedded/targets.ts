import { figure, table } from '../support/measure.js';
import type { Figures, Metric } from './metrics.js';

/** How many times as long as entitable's a rival's operation takes at least. */
const TARGETS: readonly (readonly [words: string, rivals: RegExp, metric: Metric, least: number])[] = [
  ['get within 2x of raw lmdb', /^raw lmdb/, 'get µs', 1 / 2],
  ['get 5x faster than any ORM', /ORM/, 'get µs', 5],
  ['page 5x faster than any ORM', /ORM/, 'page of 1000 ms', 5],
  ['sequential inserts within 1.5x of raw lmdb', /^raw lmdb/, 'insert µs', 1 / 1.5],
  ['inserts in flight within 1.5x of raw lmdb', /^raw lmdb/, 'insert, 100 in flight µs', 1 / 1.5],
  ['Azurite: get 100x', /^Azurite/, 'get µs', 100],
  ['Azurite: page 10x', /^Azurite/, 'page of 1000 ms', 10],
  ['Azurite: batch 10x', /^Azurite/, 'batch of 100 µs/entity', 10],
  ['Azurite: sequential insert 2x', /^Azurite/, 'insert µs', 2],
  ['Azurite: filter not slower', /^Azurite/, 'filter 1 % of 100k ms', 1],
];

/** Each target, and the ratio to the rival that comes closest. */
export function targetsTable(own: Figures, all: ReadonlyMap<string, Figures>): string {
  const rows = TARGETS.map(([words, rivals, metric, least]) => {
    const ratios = [...all].filter(([name]) => rivals.test(name)).map(([, figures]) => figures[metric] / own[metric]);
    const ratio = Math.min(...ratios);
    // A target within a time is said the other way round: how many times as long entitable takes.
    const said = least < 1 ? 1 / ratio : ratio;
    return [words, `${figure(said)}x`, ratio >= least ? 'met' : 'missed'];
  });
  return table([['target', '', ''], ...rows]);
}
