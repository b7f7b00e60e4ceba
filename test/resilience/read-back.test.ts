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

describe('Reading back a lost write', () => {
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

  it('A row whose timestamp is older than the write proves that it was not carried out, whatever the row contains', async () => {
    await carryOut(doubtful('insert', 'r', 'same'));
    now += HOUR;
    expect(await readBack([doubtful('insert', 'r', 'same')], now)).to.deep.equal({ outcome: 'not-written' });
  });

  it('A row that still has the required ETag proves that the write was not carried out', async () => {
    const [etag] = await carryOut(doubtful('insert', 'r', 'before'));
    expect(await readBack([doubtful('merge', 'r', 'before', etag)], now)).to.deep.equal({ outcome: 'not-written' });
  });

  it('A merge counts as carried out if the row has the properties that it sets and none that it removes, whatever else the row contains', async () => {
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

  it('A replace counts as carried out only if the row has no other properties', async () => {
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

  it('An insert is of unknown outcome if its row is missing, because another writer may have deleted it', async () => {
    expect(await readBack([doubtful('insert', 'r', 'x')], now)).to.deep.equal({ outcome: 'unknown', found: 'missing' });
  });

  it('One row with other content makes the outcome of a transaction unknown, because a rival may have written all its rows', async () => {
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

  it('A matching row does not prove a transaction if its write was unconditional and another row has other content', async () => {
    await carryOut(doubtful('upsert-replace', 'a', 'same'), doubtful('insert', 'b', 'theirs'));
    const writes = [doubtful('upsert-replace', 'a', 'same'), doubtful('insert', 'b', 'mine')];
    expect(await readBack(writes, now)).to.deep.equal({ outcome: 'unknown', found: 'changed' });
  });

  it('One row that still has its ETag proves that a whole transaction was not carried out', async () => {
    const [etag] = await carryOut(doubtful('insert', 'a', 'before'), doubtful('insert', 'b', 'same'));
    const writes = [doubtful('merge', 'a', 'after', etag), doubtful('insert', 'b', 'same')];
    expect(await readBack(writes, now)).to.deep.equal({ outcome: 'not-written' });
  });

  it('A missing inserted row makes the outcome of a transaction unknown, even if its other rows look as written', async () => {
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

  it('A deleted row does not show who deleted it, so a conditional write to it, or a transaction that deletes it, is of unknown outcome', async () => {
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

  it('An empty merge can prove that it was not carried out, but never that it was', async () => {
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
