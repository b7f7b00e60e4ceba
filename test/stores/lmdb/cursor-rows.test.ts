import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { contentOf, type EngineRow } from '../../../src/stores/embedded/ordered-rows.js';
import { writeKey } from '../../../src/stores/embedded/key-bytes.js';
import type { CursorRow } from '../../../src/stores/lmdb/cursor-row.js';
import { CursorRows } from '../../../src/stores/lmdb/cursor-rows.js';

const SHARED_BYTES = 16 * 1024;

interface Row {
  readonly partitionKey?: string;
  readonly rowKey: string;
  readonly content: string;
}

/**
 * Reads rows as a cursor does, through buffers that are reused for every row, and visits them. Returns how many rows
 * were read at a time.
 */
function read(rows: readonly Row[], visit: (row: CursorRow) => void): readonly number[] {
  const [cursorRows, key, bytes] = [new CursorRows(), Buffer.alloc(200), Buffer.alloc(64 * 1024)];
  const counts: number[] = [];
  for (let next = 0; next < rows.length;) {
    cursorRows.takeBack();
    for (let isEnough = false; !isEnough && next < rows.length; next++) {
      const { partitionKey = 'p', rowKey, content } = rows[next]!;
      const keyEnd = writeKey({ table: 1, partitionKey, rowKey, after: false }, key, 32);
      isEnough = cursorRows.take({ key, keyStart: 32, keyEnd, bytes, size: bytes.write(content, 0, 'latin1') });
    }
    counts.push(cursorRows.count);
    for (let index = 0; index < cursorRows.count; index++) visit(cursorRows.at(index));
  }
  return counts;
}

function valuesOf(row: EngineRow): Required<Row> {
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
  it('CursorRows preserve kept rows of any size, however many rows follow', () => {
    const contents = Array.from({ length: 500 }, (_, index) => `${index}:${'x'.repeat((index * 37) % 700)}`);
    contents.push('y'.repeat(40_000), 'after a long one', '', 'after an empty one');
    const rows = contents.map((content, index) => ({ partitionKey: 'p', rowKey: `r${index}`, content }));
    const kept: EngineRow[] = [];
    read(rows, (row) => kept.push(row.keep()));
    expect(kept.map(valuesOf)).to.deep.equal(rows);
  });

  it('CursorRows preserve kept rows between rows that are not kept', () => {
    const rows = rowsOf(2000, 30);
    const kept: EngineRow[] = [];
    const isKept = (index: number): boolean => index % 7 < 3 || index % 400 > 300;
    let index = 0;
    read(rows, (row) => isKept(index++) && kept.push(row.keep()));
    expect(kept.map(valuesOf)).to.deep.equal(rows.filter((_, at) => isKept(at)));
  });

  it('CursorRows return the keys of rows for any characters, at once and later for kept rows', () => {
    const rows = Array.from({ length: 600 }, (_, index) => ({
      partitionKey: ['a', 'b', '語', ''][Math.floor(index / ((index % 5) + 1)) % 4]!,
      rowKey: `${index % 3 === 0 ? '語é' : 'r'}${'k'.repeat((index * 7) % 40)}`,
      content: `content ${index}`,
    }));
    for (const rowKey of ['', ' ~', '\ud83d', 'é', '\u0001']) rows.push({ partitionKey: 'last', rowKey, content: 'x' });
    const visited: unknown[] = [];
    const kept: EngineRow[] = [];
    read(rows, (row) => {
      if (visited.length % 2 === 0) kept.push(row.keep());
      visited.push(valuesOf(row));
    });
    expect(visited).to.deep.equal(rows);
    expect(kept.map(valuesOf)).to.deep.equal(rows.filter((_, index) => index % 2 === 0));
  });

  it('CursorRows have no partition before the first row, not even one of zero bytes', () => {
    const key = Buffer.alloc(16);
    const cursorRows = new CursorRows();
    cursorRows.take({ key, keyStart: 0, keyEnd: 5, bytes: Buffer.alloc(64), size: 1 });
    expect([cursorRows.at(0).partitionKey, cursorRows.at(0).rowKey]).to.deep.equal(['', '']);
  });

  it('CursorRows read several rows at a time as long as all are kept', () => {
    expect(read(rowsOf(60), (row) => row.keep())).to.deep.equal([1, 2, 4, 8, 16, 16, 13]);
    expect(read(rowsOf(5), () => {})).to.deep.equal([1, 1, 1, 1, 1]);
    let visits = 0;
    expect(read(rowsOf(20), (row) => (visits += 1) !== 6 && row.keep())).to.deep.equal([1, 2, 4, 1, 2, 4, 6]);
  });

  it('CursorRows read ahead no more rows than share a text, and no more than two partitions', () => {
    expect(read(rowsOf(12, 400), (row) => row.keep())).to.deep.equal([1, 2, 3, 3, 3]);
    expect(read(rowsOf(3, 5000), (row) => row.keep())).to.deep.equal([1, 1, 1]);
    const alone = rowsOf(6).map((row, index) => ({ ...row, partitionKey: `p${index}` }));
    expect(read(alone, (row) => row.keep())).to.deep.equal([1, 2, 2, 1]);
  });

  it('CursorRows overwrite rows that are not kept, and count the overwrites', () => {
    const places: unknown[] = [];
    read(rowsOf(3), ({ bytes, start, writes }) => places.push([bytes.length, start, writes]));
    expect(places).to.deep.equal([
      [SHARED_BYTES, 0, 0],
      [SHARED_BYTES, 0, 1],
      [SHARED_BYTES, 0, 2],
    ]);
  });

  it('CursorRows fill each buffer with kept rows side by side', () => {
    const kept: EngineRow[] = [];
    const counts = read(rowsOf(400, 100), (row) => kept.push(row.keep()));
    const ends = kept.slice(0, -1).map(({ rowKeyEnd, bytes }, index) => rowKeyEnd === kept[index + 1]!.start || bytes);
    expect(Math.max(...counts)).to.equal(16);
    expect(ends.filter((end) => end !== true)).to.deep.equal([kept[0]!.bytes, kept[200]!.bytes]);
  });

  it('CursorRows overwrite rows that were not kept at the end of a buffer too', () => {
    const kept: EngineRow[] = [];
    let index = 0;
    read(rowsOf(4000, 200), (row) => index++ % 8 < 7 && kept.push(row.keep()));
    expect([kept.length, new Set(kept.map(({ bytes }) => bytes)).size]).to.deep.equal([3500, 49]);
  });

  it('CursorRows do not keep the buffers of earlier rows alive, however large', async () => {
    const cursorRows = new CursorRows();
    const bytes = Buffer.alloc(1024 * 1024);
    const take = (size: number): boolean => cursorRows.take({ key: bytes, keyStart: 0, keyEnd: 5, bytes, size });
    const large: WeakRef<Buffer>[] = [];
    for (let small = 0; small < 12; small++) {
      cursorRows.takeBack();
      for (let at = 0; at < small && !take(10); at++);
      take(900_000);
      large.push(new WeakRef(cursorRows.at(cursorRows.count - 1).bytes));
      for (let at = 0; at < cursorRows.count; at++) cursorRows.at(at).keep();
    }
    cursorRows.takeBack();
    take(10);
    await setImmediate(); // a WeakRef keeps its target alive until then
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    const held = large.filter((each) => each.deref() !== undefined);
    expect([cursorRows.count, held.length]).to.deep.equal([1, 0]);
  });
});
