import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { SORT_LIMIT, sortRows } from '../../src/query/client-sort.js';

async function* chunksOf(count: number, size: number): AsyncGenerator<{ readonly rows: readonly number[] }> {
  for (let first = 0; first < count; first += size) {
    await Promise.resolve();
    yield { rows: Array.from({ length: Math.min(size, count - first) }, (_, index) => -(first + index)) };
  }
}

const ascending = (left: number, right: number): number => left - right;

describe('Rows sorted on the client', () => {
  it('Rows sorted on the client are limited in number, and the error beyond the limit names the remedy', async () => {
    expect(await sortRows(chunksOf(SORT_LIMIT, 5000), ascending, undefined)).to.have.length(SORT_LIMIT);
    const error: unknown = await sortRows(chunksOf(SORT_LIMIT + 1, 5000), ascending, undefined).catch(
      (thrown: unknown) => thrown,
    );
    expect(EntitableError.is(error, 'query.too-many-to-sort') && error.details).to.deep.equal({ limit: 100_000 });
    expect(error).to.have.property('message').that.includes('take(n)');
  });

  it('Rows sorted on the client with take have no limit', async () => {
    expect(await sortRows(chunksOf(3 * SORT_LIMIT, 1000), ascending, 3)).to.deep.equal([-299_999, -299_998, -299_997]);
  });
});
