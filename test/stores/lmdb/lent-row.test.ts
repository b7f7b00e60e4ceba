import { expect } from 'chai';
import { contentOf } from '../../../src/stores/embedded/ordered-rows.js';
import { LentRow } from '../../../src/stores/lmdb/lent-row.js';
import { writeKey } from '../../../src/stores/lmdb/key-bytes.js';

/** Lends a row the way LMDB does: out of one buffer that is used for every row. */
function lend(row: LentRow, source: Buffer, rowKey: string, content: string): void {
  const key = Buffer.alloc(200);
  row.takeKey(key, 0, writeKey({ table: 1, partitionKey: 'p', rowKey, after: false }, key, 0));
  row.takeBytes(source, source.write(content, 0, 'latin1'));
}

describe('LentRow', () => {
  it('leaves rows that are kept as they were, however many come after them, and of any size', () => {
    const row = new LentRow();
    const source = Buffer.alloc(64 * 1024);
    const contents = Array.from({ length: 500 }, (_, index) => `${index}:${'x'.repeat((index * 37) % 700)}`);
    contents.push('y'.repeat(40_000), 'after a long one');
    const kept = contents.map((content, index) => {
      lend(row, source, `r${index}`, content);
      return row.keep();
    });
    expect(kept.map((each) => [each.rowKey, contentOf(each).toString()])).to.deep.equal(
      contents.map((content, index) => [`r${index}`, content]),
    );
  });

  it('gives the row keys of rows that are kept, whatever they are and whenever they are asked for', () => {
    const row = new LentRow();
    const source = Buffer.alloc(1024);
    const keys = Array.from(
      { length: 500 },
      (_, index) => `${index % 3 === 0 ? '語é' : 'r'}${'k'.repeat((index * 7) % 40)}`,
    );
    keys.push('', ' ~', '\ud83d');
    const kept = keys.map((key, index) => {
      lend(row, source, key, `content ${index}`);
      if (index % 2 === 0) expect(row.rowKey).to.equal(key);
      return row.keep();
    });
    expect(kept.map((each) => [each.partitionKey, each.rowKey, contentOf(each).toString()])).to.deep.equal(
      keys.map((key, index) => ['p', key, `content ${index}`]),
    );
  });

  it('uses the same bytes for rows that nobody keeps', () => {
    const row = new LentRow();
    const source = Buffer.alloc(4096);
    lend(row, source, 'a', 'first');
    const { bytes, start } = row;
    lend(row, source, 'b', 'second');
    expect([row.bytes === bytes, row.start, contentOf(row).toString()]).to.deep.equal([true, start, 'second']);
  });
});
