import { expect } from 'chai';
import { contentOf, type ByteSlice } from '../../../src/stores/embedded/ordered-rows.js';
import { RowBuffer } from '../../../src/stores/embedded/rows/row-buffer.js';
import { HEADER_BYTES } from '../../../src/stores/embedded/rows/row-format.js';

/** Returns the bytes after the header in hexadecimal. */
function hexOf(row: ByteSlice): string {
  return contentOf(row).subarray(HEADER_BYTES).toString('hex');
}

describe('RowBuffer', () => {
  it('RowBuffer places the variable part after the fixed part, whatever size was expected for the fixed part', () => {
    const rows = new RowBuffer();
    for (const expected of [0, 1, 9, 10, 500]) {
      rows.begin(expected);
      rows.text('ab', 'utf8');
      rows.boolean(true);
      rows.text('é', 'utf8');
      rows.boolean(false);
      expect(hexOf(rows.take())).to.equal('020000000104000000006162c3a9');
    }
  });

  it('RowBuffer writes a text with one byte per character, or nothing if a character needs more', () => {
    for (const size of [1, 48, 49, 300]) {
      const rows = new RowBuffer();
      rows.begin(4);
      const text = 'aé'.repeat(size).slice(0, size);
      expect(rows.latin1(`${text.slice(1)}語`)).to.equal(-1);
      expect(rows.latin1(text)).to.equal(size >> 1);
      expect(contentOf(rows.take()).toString('latin1', HEADER_BYTES + 4)).to.equal(text);
    }
  });

  it('RowBuffer preserves rows of any size after they were taken, however many rows follow', () => {
    const rows = new RowBuffer();
    const texts = Array.from({ length: 500 }, (_, index) => `${index}:${'x'.repeat((index * 37) % 700)}`);
    texts.splice(100, 0, 'y'.repeat(9_000), 'after a long one', 'z'.repeat(200_000));
    const taken = texts.map((text) => {
      rows.begin(4);
      rows.text(text, 'utf8');
      return rows.take();
    });
    expect(taken.map((row) => contentOf(row).toString('latin1', HEADER_BYTES + 4))).to.deep.equal(texts);
  });

  it('RowBuffer lets rows share bytes, and gives a row that is too large its own', () => {
    const rows = new RowBuffer();
    const [first, second, large, next] = ['a', 'b', 'c'.repeat(10_000), 'd'].map((text) => {
      rows.begin(4);
      rows.text(text, 'utf8');
      return rows.take();
    });
    expect(second).to.deep.include({ bytes: first!.bytes, start: first!.end });
    expect([large!.start, large!.end, large!.bytes.length]).to.deep.equal([0, HEADER_BYTES + 10_004, large!.end]);
    expect(next!.bytes.length).to.equal(first!.bytes.length);
  });

  it('RowBuffer overwrites a row that was begun but not taken', () => {
    const rows = new RowBuffer();
    rows.begin(4);
    rows.text('never taken', 'utf8');
    rows.begin(1);
    rows.boolean(true);
    const row = rows.take();
    expect([row.start, hexOf(row)]).to.deep.equal([0, '01']);
  });
});
