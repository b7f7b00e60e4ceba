import { expect } from 'chai';
import { readBack, type DoubtfulWrite } from '../../src/resilience/read-back.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import type { Rows, TableStore, WriteMode } from '../../src/store/table-store.js';

const SHAPE = {
  properties: [
    { name: 'text', type: 'String' as const },
    { name: 'note', type: 'String' as const },
  ],
};
const HOUR = 3_600_000;

describe('Reading back', () => {
  let now = Date.UTC(2026, 0, 1);
  let store: TableStore;
  let rows: Rows;
  beforeEach(async () => {
    store = memoryStore({ clock: () => now });
    await store.createTable('Table');
    rows = store.rows('Table', SHAPE);
  });

  function doubtful(
    mode: WriteMode,
    rowKey: string,
    text?: string,
    ifMatch?: string,
    remove?: string[],
  ): DoubtfulWrite {
    const write = rows.prepare({
      mode,
      partitionKey: 'p',
      rowKey,
      ...(ifMatch !== undefined && { ifMatch }),
      ...(remove !== undefined && { remove }),
      ...(text !== undefined && { write: (writer) => writer.string(0, text) }),
    });
    return { write, rows, shape: SHAPE, ifMatch, remove };
  }

  async function carryOut(...writes: readonly DoubtfulWrite[]): Promise<readonly (string | undefined)[]> {
    const receipts = await store.submit(
      'Table',
      writes.map(({ write }) => write),
    );
    return receipts.map(({ etag }) => etag);
  }

  it('a row that was last written before the write left was not written by it, whatever it holds', async () => {
    await carryOut(doubtful('insert', 'r', 'same'));
    now += HOUR;
    expect(await readBack([doubtful('insert', 'r', 'same')], now)).to.deep.equal({ outcome: 'not-written' });
  });

  it('a row that still has the ETag of the condition was not written', async () => {
    const [etag] = await carryOut(doubtful('insert', 'r', 'before'));
    expect(await readBack([doubtful('merge', 'r', 'before', etag)], now)).to.deep.equal({ outcome: 'not-written' });
  });

  it('a merge is written when the row holds what it brings and not what it takes away, whatever else there is', async () => {
    const [first] = await carryOut(doubtful('insert', 'r', 'before'));
    const merge = doubtful('merge', 'r', 'after', first, ['note', 'other']);
    const [etag] = await carryOut(merge);
    expect(await readBack([merge], now)).to.deep.equal({ outcome: 'written', receipts: [{ etag }] });
    const note = rows.prepare({
      mode: 'merge',
      partitionKey: 'p',
      rowKey: 'r',
      ifMatch: '*',
      write: (writer) => writer.string(1, 'back'),
    });
    await store.submit('Table', [note]);
    expect(await readBack([merge], now)).to.deep.equal({ outcome: 'unknown', found: 'changed' });
  });

  it('a replace is written only when the row holds nothing else', async () => {
    const [first] = await carryOut(doubtful('insert', 'r', 'before'));
    const replace = doubtful('replace', 'r', 'after', first);
    await carryOut(replace);
    await store.submit('Table', [
      rows.prepare({
        mode: 'merge',
        partitionKey: 'p',
        rowKey: 'r',
        ifMatch: '*',
        write: (writer) => writer.undeclared('more', { type: 'String', text: 'x' }),
      }),
    ]);
    expect(await readBack([replace], now)).to.deep.equal({ outcome: 'unknown', found: 'changed' });
  });

  it('an insert whose row is not there is unknown: another may have deleted it', async () => {
    expect(await readBack([doubtful('insert', 'r', 'x')], now)).to.deep.equal({ outcome: 'unknown', found: 'missing' });
  });

  it('a row that is another now contradicts the rest of a transaction: a rival may have written both', async () => {
    const unknown = { outcome: 'unknown', found: 'changed' } as const;
    const [state, owner, stale] = await carryOut(
      doubtful('insert', 'state', 'free'),
      doubtful('insert', 'owner', 'nobody'),
      doubtful('insert', 'log', 'empty'),
    );
    now += 10;
    const lock = (name: string): readonly DoubtfulWrite[] => [
      doubtful('merge', 'state', 'locked', state),
      doubtful('merge', 'owner', name, owner),
    ];
    await carryOut(...lock('theirs'));
    expect(await readBack(lock('mine'), now)).to.deep.equal(unknown);
    const first = lock('mine')[0]!;
    expect(await readBack([first, doubtful('upsert-replace', 'owner', 'mine')], now)).to.deep.equal(unknown);
    expect(await readBack([first, doubtful('delete', 'owner', undefined, owner)], now)).to.deep.equal(unknown);
    expect(await readBack([first, doubtful('insert', 'owner', 'mine')], now)).to.deep.equal(unknown);
    expect(await readBack([...lock('theirs'), doubtful('merge', 'log', 'full', stale)], now)).to.deep.equal({
      outcome: 'not-written',
    });
    await carryOut(doubtful('delete', 'owner', undefined, '*'));
    expect(await readBack(lock('mine'), now)).to.deep.equal({ outcome: 'unknown', found: 'missing' });
  });

  it('unconditional writes alone prove nothing of a transaction with a row that another may have made so', async () => {
    await carryOut(doubtful('upsert-replace', 'a', 'same'), doubtful('insert', 'b', 'theirs'));
    const writes = [doubtful('upsert-replace', 'a', 'same'), doubtful('insert', 'b', 'mine')];
    expect(await readBack(writes, now)).to.deep.equal({ outcome: 'unknown', found: 'changed' });
  });

  it('a row that still has its ETag tells for a whole transaction, whatever the others look like', async () => {
    const [etag] = await carryOut(doubtful('insert', 'a', 'before'), doubtful('insert', 'b', 'same'));
    const writes = [doubtful('merge', 'a', 'after', etag), doubtful('insert', 'b', 'same')];
    expect(await readBack(writes, now)).to.deep.equal({ outcome: 'not-written' });
  });

  it('an insert that is missing tells nothing, and speaks against rows that look as written', async () => {
    const [etag] = await carryOut(doubtful('insert', 'b', 'theirs'), doubtful('insert', 'c', 'before'));
    const missing = { outcome: 'unknown', found: 'missing' } as const;
    const refused = [doubtful('insert', 'a', 'mine'), doubtful('insert', 'b', 'mine')];
    expect(await readBack(refused, now)).to.deep.equal(missing);
    now += 10;
    await carryOut(doubtful('merge', 'c', 'same', etag));
    const alike = [doubtful('merge', 'c', 'same', etag), doubtful('insert', 'a', 'mine')];
    expect(await readBack(alike, now)).to.deep.equal(missing);
    const taken = [doubtful('insert', 'b', 'theirs'), doubtful('insert', 'a', 'mine')];
    expect(await readBack(taken, now)).to.deep.equal(missing);
  });

  it('a row that is gone does not tell who deleted it: a write under its ETag, and what was deleted beside others', async () => {
    const [gone, kept] = await carryOut(doubtful('insert', 'a', 'before'), doubtful('insert', 'b', 'before'));
    await carryOut(doubtful('delete', 'a', undefined, gone));
    const missing = { outcome: 'unknown', found: 'missing' } as const;
    expect(await readBack([doubtful('merge', 'a', 'after', gone)], now)).to.deep.equal(missing);
    expect(await readBack([doubtful('merge', 'a', 'after', '*')], now)).to.deep.equal({ outcome: 'not-written' });
    now += 10;
    await carryOut(doubtful('merge', 'b', 'theirs', kept));
    const both = [doubtful('delete', 'a', undefined, gone), doubtful('merge', 'b', 'mine', kept)];
    expect(await readBack(both, now)).to.deep.equal({ outcome: 'unknown', found: 'changed' });
    expect(await readBack([doubtful('delete', 'a', undefined, gone)], now)).to.deep.equal({
      outcome: 'written',
      receipts: [{}],
    });
  });

  it('a merge of nothing tells that it was not carried out, and never that it was', async () => {
    const [first] = await carryOut(doubtful('insert', 'a', 'same'));
    const nothing = doubtful('merge', 'a', undefined, first);
    expect(await readBack([nothing], now)).to.deep.equal({ outcome: 'not-written' });
    await carryOut(nothing);
    expect(await readBack([nothing], now)).to.deep.equal({ outcome: 'unknown', found: 'changed' });
    const mine = doubtful('insert', 'b', 'mine');
    const [etag] = await carryOut(mine);
    const both = await readBack([nothing, mine], now);
    expect(both).to.have.property('outcome', 'written');
    expect(both).to.have.nested.property('receipts[1].etag', etag);
  });
});
