import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { contentOf, type EngineRow } from '../../../src/stores/embedded/ordered-rows.js';
import { writeKey } from '../../../src/stores/embedded/key-bytes.js';
import type { CursorRow } from '../../../src/stores/lmdb/cursor-row.js';
import { CursorRows } from '../../../src/stores/lmdb/cursor-rows.js';

const STRETCH = 16 * 1024;

interface Row {
  readonly partitionKey?: string;
  readonly rowKey: string;
  readonly content: string;
}

/** Reads rows the way a cursor does, out of buffers that are used for every row, and visits them as they are lent; gives how many there were at a time. */
function read(rows: readonly Row[], visit: (row: CursorRow) => void): readonly number[] {
  const [lent, key, bytes] = [new CursorRows(), Buffer.alloc(200), Buffer.alloc(64 * 1024)];
  const counts: number[] = [];
  for (let next = 0; next < rows.length;) {
    lent.takeBack();
    for (let isEnough = false; !isEnough && next < rows.length; next++) {
      const { partitionKey = 'p', rowKey, content } = rows[next]!;
      const keyEnd = writeKey({ table: 1, partitionKey, rowKey, after: false }, key, 32);
      isEnough = lent.take({ key, keyStart: 32, keyEnd, bytes, size: bytes.write(content, 0, 'latin1') });
    }
    counts.push(lent.count);
    for (let index = 0; index < lent.count; index++) visit(lent.at(index));
  }
  return counts;
}

function said(row: EngineRow): Required<Row> {
  return { partitionKey: row.partitionKey, rowKey: row.rowKey, content: contentOf(row).toString() };
}

function rowsOf(count: number, size = 10): readonly Required<Row>[] {
  return Array.from({ length: count }, (_, index) => ({
    partitionKey: 'p',
    rowKey: `r${index}`,
    content: `${index}`.padEnd(size, '.'),
  }));
}

describe('CursorRows', () => {
  it('leave rows that are kept as they were, however many come after them, and of any size', () => {
    const contents = Array.from({ length: 500 }, (_, index) => `${index}:${'x'.repeat((index * 37) % 700)}`);
    contents.push('y'.repeat(40_000), 'after a long one', '', 'after an empty one');
    const rows = contents.map((content, index) => ({ partitionKey: 'p', rowKey: `r${index}`, content }));
    const kept: EngineRow[] = [];
    read(rows, (row) => kept.push(row.keep()));
    expect(kept.map(said)).to.deep.equal(rows);
  });

  it('leave rows that are kept as they were where others are not', () => {
    const rows = rowsOf(2000, 30);
    const kept: EngineRow[] = [];
    const isKept = (index: number): boolean => index % 7 < 3 || index % 400 > 300;
    let index = 0;
    read(rows, (row) => isKept(index++) && kept.push(row.keep()));
    expect(kept.map(said)).to.deep.equal(rows.filter((_, at) => isKept(at)));
  });

  it('give the keys of rows, whatever they are and whenever they are asked for', () => {
    const rows = Array.from({ length: 600 }, (_, index) => ({
      partitionKey: ['a', 'b', '語', ''][Math.floor(index / ((index % 5) + 1)) % 4]!,
      rowKey: `${index % 3 === 0 ? '語é' : 'r'}${'k'.repeat((index * 7) % 40)}`,
      content: `content ${index}`,
    }));
    for (const rowKey of ['', ' ~', '\ud83d', 'é', '\u0001']) rows.push({ partitionKey: 'last', rowKey, content: 'x' });
    const lent: unknown[] = [];
    const kept: EngineRow[] = [];
    read(rows, (row) => {
      if (lent.length % 2 === 0) kept.push(row.keep());
      lent.push(said(row));
    });
    expect(lent).to.deep.equal(rows);
    expect(kept.map(said)).to.deep.equal(rows.filter((_, index) => index % 2 === 0));
  });

  it('know no partition before the first row, not even that of empty bytes', () => {
    const key = Buffer.alloc(16);
    const lent = new CursorRows();
    lent.take({ key, keyStart: 0, keyEnd: 5, bytes: Buffer.alloc(64), size: 1 });
    expect([lent.at(0).partitionKey, lent.at(0).rowKey]).to.deep.equal(['', '']);
  });

  it('are read several at a time while all are kept', () => {
    expect(read(rowsOf(60), (row) => row.keep())).to.deep.equal([1, 2, 4, 8, 16, 16, 13]);
    expect(read(rowsOf(5), () => {})).to.deep.equal([1, 1, 1, 1, 1]);
    let visits = 0;
    expect(read(rowsOf(20), (row) => (visits += 1) !== 6 && row.keep())).to.deep.equal([1, 2, 4, 1, 2, 4, 6]);
  });

  it('are no more at a time than have a text together, nor of more than two partitions', () => {
    expect(read(rowsOf(12, 400), (row) => row.keep())).to.deep.equal([1, 2, 3, 3, 3]);
    expect(read(rowsOf(3, 5000), (row) => row.keep())).to.deep.equal([1, 1, 1]);
    const alone = rowsOf(6).map((row, index) => ({ ...row, partitionKey: `p${index}` }));
    expect(read(alone, (row) => row.keep())).to.deep.equal([1, 2, 2, 1]);
  });

  it('use the same bytes for rows that nobody keeps, and say that they were written over', () => {
    const places: unknown[] = [];
    read(rowsOf(3), ({ bytes, start, writes }) => places.push([bytes.length, start, writes]));
    expect(places).to.deep.equal([
      [STRETCH, 0, 0],
      [STRETCH, 0, 1],
      [STRETCH, 0, 2],
    ]);
  });

  it('fill stretches of bytes with rows that are kept, one behind the other', () => {
    const kept: EngineRow[] = [];
    const counts = read(rowsOf(400, 100), (row) => kept.push(row.keep()));
    const ends = kept.slice(0, -1).map(({ rowKeyEnd, bytes }, index) => rowKeyEnd === kept[index + 1]!.start || bytes);
    expect(Math.max(...counts)).to.equal(16);
    expect(ends.filter((end) => end !== true)).to.deep.equal([kept[0]!.bytes, kept[200]!.bytes]);
  });

  it('write over rows that were not kept, wherever a stretch ends', () => {
    const kept: EngineRow[] = [];
    let index = 0;
    read(rowsOf(4000, 200), (row) => index++ % 8 < 7 && kept.push(row.keep()));
    expect([kept.length, new Set(kept.map(({ bytes }) => bytes)).size]).to.deep.equal([3500, 49]);
  });

  it('hold back no bytes of the rows before, however large they were', async () => {
    const lent = new CursorRows();
    const bytes = Buffer.alloc(1024 * 1024);
    const take = (size: number): boolean => lent.take({ key: bytes, keyStart: 0, keyEnd: 5, bytes, size });
    const large: WeakRef<Buffer>[] = [];
    for (let small = 0; small < 12; small++) {
      lent.takeBack();
      for (let at = 0; at < small && !take(10); at++);
      take(900_000);
      large.push(new WeakRef(lent.at(lent.count - 1).bytes));
      for (let at = 0; at < lent.count; at++) lent.at(at).keep();
    }
    lent.takeBack();
    take(10);
    await setImmediate(); // what a WeakRef was made of lives until then
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    const held = large.filter((each) => each.deref() !== undefined);
    expect([lent.count, held.length]).to.deep.equal([1, 0]);
  });
});
