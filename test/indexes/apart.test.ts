import { expect } from 'chai';
import { DataSource, EntitableError, type LogEvent } from '../../src/index.js';
import type { DataSourceOptions } from '../../src/data-source/options.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import type { RowReader } from '../../src/store/row.js';
import { PARTITION_KEY, ROW_KEY } from '../../src/store/row.js';
import type { TableStore } from '../../src/store/table-store.js';
import { wrapStore } from '../../src/store/wrap-store.js';
import { fixedClock } from '../../src/testing/fixed-clock.js';
import { recordingStore, type RecordedRequest } from '../../src/testing/recording-store.js';
import { rejection } from '../support/every-store.js';
import { Member, member } from './members.js';

const SHAPE = {
  properties: [
    { name: '_row', type: 'String' },
    { name: 'name', type: 'String' },
  ],
} as const;

/** Returns the rows of a table as `partition key | row key | owner or projected name`. */
async function rowsOf(store: TableStore, table: string): Promise<readonly string[]> {
  const rows: string[] = [];
  const text = (row: RowReader): string => {
    const held = [0, 1].flatMap((slot) => (row.typeOf(slot) === 'String' ? [row.string(slot)] : []));
    return [row.string(PARTITION_KEY), row.string(ROW_KEY), ...held].join(' | ');
  };
  for await (const page of store.rows(table, SHAPE).scan({}, text)) rows.push(...page.rows);
  return rows;
}

/** Returns each request as its kind and its table, e.g. `insert MembersByEmail`. */
function namesOf(requests: readonly RecordedRequest[]): readonly string[] {
  return requests.map((request) => {
    if (request.kind === 'tables') return request.kind;
    return `${request.kind === 'submit' ? request.writes.map(({ mode }) => mode).join('+') : request.kind} ${request.table}`;
  });
}

async function opened(options: DataSourceOptions = {}, wrap: (store: TableStore) => TableStore = (store) => store) {
  const memory = memoryStore({ clock: options.clock });
  for (const table of ['Members', 'MembersByEmail', 'MembersByCountry']) await memory.createTable(table);
  const { store, requests } = recordingStore(wrap(memory));
  const db = await DataSource.open(store, options);
  const sent = (): readonly string[] => namesOf(requests.splice(0));
  return { db, members: db.repository(Member), store: memory, sent };
}

describe('An index with partitions of its own', () => {
  it('gets its entries in a table of its own, before the row', async () => {
    const { members, store, sent } = await opened();
    await members.insert(member('1', { email: 'ann@x', country: 'NZ', city: 'Taupo', name: 'Ann' }));
    expect(sent()).to.deep.equal(['insert MembersByEmail', 'insert MembersByCountry', 'insert Members']);
    expect(await rowsOf(store, 'MembersByEmail')).to.deep.equal(['ann@x | ~ | member|1']);
    expect(await rowsOf(store, 'MembersByCountry')).to.deep.equal(['NZ | Taupo t member|1 | Ann']);
  });

  it('costs an insert 2 requests, a change 4, a delete 3, and a verb by key one more', async () => {
    const { members, sent } = await opened();
    const ann = await members.insert(member('1', { country: 'NZ', city: 'Taupo' }));
    const inserted = sent();
    ann.city = 'Nelson';
    await members.save(ann);
    const changed = sent();
    ann.note = 'no property of an index';
    await members.save(ann);
    const unconcerned = sent();
    ann.name = 'Ann';
    await members.save(ann);
    const projected = sent();
    await members.merge({ tenant: 't', id: '1' }, { city: 'Napier' });
    const merged = sent();
    await members.delete({ tenant: 't', id: '1' });
    const index = 'MembersByCountry';
    expect({ inserted, changed, unconcerned, projected, merged, deleted: sent() }).to.deep.equal({
      inserted: [`insert ${index}`, 'insert Members'],
      changed: [`insert ${index}`, `get ${index}`, 'merge Members', `delete ${index}`],
      unconcerned: ['merge Members'],
      projected: [`upsert-replace ${index}`, 'merge Members'],
      merged: ['get Members', `insert ${index}`, `get ${index}`, 'merge Members', `delete ${index}`],
      deleted: ['get Members', `get ${index}`, 'delete Members', `delete ${index}`],
    });
  });

  it('removes the entry of an insert that is refused', async () => {
    const { members, store, sent } = await opened();
    await members.insert(member('1', { country: 'NZ', city: 'Taupo' }));
    sent();
    const error = await rejection(members.insert(member('1', { country: 'AU', city: 'Perth' })));
    expect(EntitableError.is(error, 'store.already-exists')).to.equal(true);
    expect(sent()).to.deep.equal(['insert MembersByCountry', 'insert Members', 'delete MembersByCountry']);
    expect(await rowsOf(store, 'MembersByCountry')).to.deep.equal(['NZ | Taupo t member|1']);
  });

  it('leaves the entry of a stored entity as it is when an insert finds it', async () => {
    const { members, store, sent } = await opened();
    await members.insert(member('1', { country: 'NZ', city: 'Taupo', name: 'Ann' }));
    sent();
    const error = await rejection(members.insert(member('1', { country: 'NZ', city: 'Taupo', name: 'Bob' })));
    expect(EntitableError.is(error, 'store.already-exists')).to.equal(true);
    expect(sent()).to.deep.equal(['insert MembersByCountry', 'get Members']);
    expect(await rowsOf(store, 'MembersByCountry')).to.deep.equal(['NZ | Taupo t member|1 | Ann']);
  });

  it('leaves an old entry that cannot be deleted, tells the logger, and does not fail the verb', async () => {
    const events: LogEvent[] = [];
    let isDown = false;
    const { members, store } = await opened({ logger: (event) => events.push(event) }, (inner) =>
      wrapStore(inner, {
        submit: async (table, writes, options) => {
          if (isDown && writes[0]!.mode === 'delete') throw new EntitableError('store.unavailable', 'Down.', {});
          return inner.submit(table, writes, options);
        },
      }),
    );
    const ann = await members.insert(member('1', { country: 'NZ', city: 'Taupo' }));
    isDown = true;
    ann.city = 'Nelson';
    await members.save(ann);
    expect(await rowsOf(store, 'MembersByCountry')).to.deep.equal(['NZ | Nelson t member|1', 'NZ | Taupo t member|1']);
    expect(events.filter(({ kind }) => kind === 'index.stale')).to.deep.equal([
      { kind: 'index.stale', className: 'Member', index: 'byCountry', table: 'MembersByCountry' },
    ]);
  });

  it('writes nothing of an entity whose entry cannot be written', async () => {
    const { members, store } = await opened({}, (inner) =>
      wrapStore(inner, {
        submit: async (table, writes, options) => {
          if (table === 'MembersByCountry') throw new EntitableError('store.unavailable', 'Down.', {});
          return inner.submit(table, writes, options);
        },
      }),
    );
    const error = await rejection(members.insert(member('1', { email: 'ann@x', country: 'NZ', city: 'Taupo' })));
    expect(EntitableError.is(error, 'store.unavailable')).to.equal(true);
    expect(await rowsOf(store, 'Members')).to.deep.equal([]);
  });
});

describe('A unique index with partitions of its own', () => {
  it('refuses a value that an entity of another partition has, and names the owner', async () => {
    const { members, store } = await opened();
    await members.insert(member('1', { email: 'ann@x' }));
    const error = await rejection(members.insert(member('2', { tenant: 'u', email: 'ann@x' })));
    expect({ code: (error as EntitableError).code, details: (error as EntitableError).details }).to.deep.equal({
      code: 'entity.not-unique',
      details: {
        className: 'Member',
        index: 'byEmail',
        properties: ['email'],
        owner: { partitionKey: 't', rowKey: 'member|1' },
      },
    });
    expect(await rowsOf(store, 'Members')).to.deep.equal(['t | member|1']);
  });

  it('gives up its value with the entity', async () => {
    const { members, store } = await opened();
    const ann = await members.insert(member('1', { email: 'ann@x' }));
    ann.email = 'a@x';
    await members.save(ann);
    await members.insert(member('2', { email: 'ann@x' }));
    await members.delete(ann);
    expect(await rowsOf(store, 'MembersByEmail')).to.deep.equal(['ann@x | ~ | member|2']);
  });

  it('keeps a reservation without a row until its grace period is over', async () => {
    const clock = fixedClock();
    const { members, store } = await opened({ clock: clock.now });
    await members.insert(member('1', { email: 'old@x' }));
    const dies = wrapStore(store, {
      submit: (table, writes, options) =>
        table === 'Members' ? new Promise(() => undefined) : store.submit(table, writes, options),
    });
    const rival = await DataSource.open(dies, { clock: clock.now });
    void rival.repository(Member).insert(member('2', { email: 'ann@x' }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const pending = await rejection(members.insert(member('3', { email: 'ann@x' })));
    clock.advance(15 * 60_000 + 1);
    await members.insert(member('3', { email: 'ann@x' }));
    const { details } = pending as EntitableError<'entity.not-unique'>;
    expect({ ...details, pending: details.pending }).to.deep.equal({
      className: 'Member',
      index: 'byEmail',
      properties: ['email'],
      owner: { partitionKey: 't', rowKey: 'member|2' },
      pending: true,
    });
    expect(await rowsOf(store, 'MembersByEmail')).to.deep.equal(['ann@x | ~ | member|3', 'old@x | ~ | member|1']);
  });

  it('gives up a write whose reservation has become too old', async () => {
    const clock = fixedClock();
    const { members, store } = await opened({ clock: clock.now }, (inner) =>
      wrapStore(inner, {
        submit: async (table, writes, options) => {
          const receipts = await inner.submit(table, writes, options);
          if (writes[0]!.mode === 'insert') clock.advance(15 * 60_000);
          return receipts;
        },
      }),
    );
    const error = await rejection(members.insert(member('1', { email: 'ann@x' })));
    expect(EntitableError.is(error, 'store.timeout')).to.equal(true);
    expect(await rowsOf(store, 'Members')).to.deep.equal([]);
  });

  it('goes on with its own reservation, e.g. after a lost answer', async () => {
    let isFirst = true;
    const { members, store } = await opened({}, (inner) =>
      wrapStore(inner, {
        submit: async (table, writes, options) => {
          const receipts = await inner.submit(table, writes, options);
          if (table !== 'MembersByEmail' || !isFirst) return receipts;
          isFirst = false;
          throw new EntitableError('store.outcome-unknown', 'Lost.', { found: 'unread' });
        },
      }),
    );
    await members.insert(member('1', { email: 'ann@x' }));
    expect(await rowsOf(store, 'Members')).to.deep.equal(['t | member|1']);
    expect(await rowsOf(store, 'MembersByEmail')).to.deep.equal(['ann@x | ~ | member|1']);
  });
});
