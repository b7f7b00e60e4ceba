import { expect } from 'chai';
import * as fc from 'fast-check';
import { SortedMap } from '../../../src/stores/embedded/sorted-map.js';
import { anyText, RUNS } from './samples.js';

function keysFrom(map: SortedMap<string>, from: string, after: boolean): readonly string[] {
  const keys: string[] = [];
  map.visit(from, after, (value, key) => {
    expect(value).to.equal(`value of ${key}`);
    return keys.push(key) > 0;
  });
  return keys;
}

/** Compares texts in the order of UTF-16 code units, which is JavaScript's own. */
function ordinal(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

describe('SortedMap', () => {
  it('SortedMap visits its entries in order from any key, after any inserts and deletes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, fc.boolean())), anyText, fc.boolean(), (steps, from, after) => {
        const map = new SortedMap<string>();
        const model = new Set<string>();
        for (const [key, inserts] of steps) {
          if (inserts) {
            map.set(key, `value of ${key}`);
            model.add(key);
          } else {
            map.delete(key);
            model.delete(key);
          }
        }
        const expected = [...model].toSorted(ordinal).filter((key) => (after ? key > from : key >= from));
        expect(keysFrom(map, from, after)).to.deep.equal(expected);
        expect(map.size).to.equal(model.size);
      }),
      RUNS,
    );
  });

  it('SortedMap keeps 5,000 keys in order, whether they are inserted forwards, backwards or at random', () => {
    const ascending = Array.from({ length: 5000 }, (_, index) => String(index).padStart(5, '0'));
    const shuffled = ascending.map((_, index) => ascending[(index * 2477) % 5000]!);
    for (const keys of [ascending, ascending.toReversed(), shuffled]) {
      const map = new SortedMap<string>();
      for (const key of keys) map.set(key, '');
      for (const key of keys) map.set(key, `value of ${key}`);
      expect(keysFrom(map, '', false)).to.deep.equal(ascending);
      for (const key of keys.filter((_, index) => index % 3 > 0)) map.delete(key);
      expect(keysFrom(map, '02', false)).to.deep.equal(
        ascending.filter((key) => map.get(key) !== undefined && key >= '02'),
      );
    }
  });

  it('SortedMap stops when its visitor returns false', () => {
    const map = new SortedMap<number>();
    for (let index = 0; index < 2000; index++) map.set(String(index).padStart(4, '0'), index);
    let visited = 0;
    map.visit('0500', false, () => ++visited < 700);
    expect(visited).to.equal(700);
  });
});
