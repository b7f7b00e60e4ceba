import { expect } from 'chai';
import { DataSource, EntitableError, type StaleEntry } from '../../src/index.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import type { TableStore } from '../../src/store/table-store.js';
import { wrapStore } from '../../src/store/wrap-store.js';
import { recordingStore, type RecordedRequest } from '../../src/testing/recording-store.js';
import { rejection } from '../support/every-store.js';
import { Member, member } from './members.js';

/** Returns each request as its kind and its table, e.g. `insert MembersByEmail`. */
function namesOf(requests: readonly RecordedRequest[]): readonly string[] {
  return requests.map((request) => {
    if (request.kind === 'tables') return request.kind;
    const kind = request.kind === 'submit' ? request.writes.map(({ mode }) => mode).join('+') : request.kind;
    return `${kind} ${request.table}`;
  });
}

async function opened(wrap: (store: TableStore) => TableStore = (store) => store) {
  const memory = memoryStore();
  for (const table of ['Members', 'MembersByEmail', 'MembersByCountry']) await memory.createTable(table);
  const { store, requests } = recordingStore(wrap(memory));
  const db = await DataSource.open(store);
  const sent = (): readonly string[] => namesOf(requests.splice(0));
  return { db, members: db.repository(Member), sent };
}

const TWO = (): Member[] => ['1', '2'].map((id) => member(id, { country: 'NZ', city: `c${id}` }));

describe('The entries of many writes in partitions of their own', () => {
  it('are written before the transaction of a bulk write', async () => {
    const { members, sent } = await opened();
    await members.insertMany(TWO());
    expect(sent()).to.deep.equal(['insert MembersByCountry', 'insert MembersByCountry', 'insert+insert Members']);
  });

  it('are written before the transaction of a write by filter, and old ones deleted after it', async () => {
    const { members, sent } = await opened();
    await members.insertMany(TWO());
    sent();
    expect(await members.query({ tenant: 't' }).merge({ country: 'AU' })).to.deep.include({ changed: 2 });
    expect(sent()).to.deep.equal([
      'scan Members',
      'insert MembersByCountry',
      'get MembersByCountry',
      'insert MembersByCountry',
      'get MembersByCountry',
      'merge+merge Members',
      'delete MembersByCountry',
      'delete MembersByCountry',
    ]);
  });

  it('are written before all transactions of a commit', async () => {
    const { db, sent } = await opened();
    const unit = db.unitOfWork();
    const members = unit.repository(Member);
    await members.insert(member('1', { country: 'NZ', city: 'a' }));
    await members.insert(member('2', { tenant: 'u', country: 'NZ', city: 'b' }));
    const requests = unit.plan().map((batch) => batch.requests);
    await unit.commit();
    const names = sent();
    expect({ requests, names }).to.deep.equal({
      requests: [2, 2],
      names: ['insert MembersByCountry', 'insert MembersByCountry', 'insert Members', 'insert Members'],
    });
  });

  it('let a commit write nothing if another entity has a unique value', async () => {
    const { db, members, sent } = await opened();
    await members.insert(member('1', { email: 'ann@x' }));
    sent();
    const unit = db.unitOfWork();
    await unit.repository(Member).insert(member('2', { tenant: 'u', email: 'bob@x' }));
    await unit.repository(Member).insert(member('3', { email: 'ann@x' }));
    const error = await rejection(unit.commit());
    expect((error as EntitableError).code).to.equal('entity.not-unique');
    expect(sent()).to.deep.equal([
      'insert MembersByEmail',
      'insert MembersByEmail',
      'get MembersByEmail',
      'get Members',
      'delete MembersByEmail',
    ]);
  });

  it('are told in the report of a commit if they may say too much', async () => {
    let isDown = false;
    const { db, members } = await opened((inner) =>
      wrapStore(inner, {
        submit: async (table, writes, options) => {
          if (isDown && writes[0]!.mode === 'delete') throw new EntitableError('store.unavailable', 'Down.', {});
          return inner.submit(table, writes, options);
        },
      }),
    );
    await members.insert(member('1', { country: 'NZ', city: 'a' }));
    isDown = true;
    const unit = db.unitOfWork();
    const found = await unit.repository(Member).getOrThrow({ tenant: 't', id: '1' });
    found.city = 'b';
    const { committed, stale = [] } = await unit.commit();
    const shown = stale.map(({ error, ...entry }: StaleEntry) => ({ ...entry, code: (error as EntitableError).code }));
    expect({ committed: committed.length, shown }).to.deep.equal({
      committed: 1,
      shown: [
        {
          className: 'Member',
          index: 'byCountry',
          table: 'MembersByCountry',
          partitionKey: 't',
          rowKey: 'member|1',
          code: 'store.unavailable',
        },
      ],
    });
  });

  it('are deleted by the commit that finds out that a lost batch was written', async () => {
    let isLost = true;
    const { db, members, sent } = await opened((inner) =>
      wrapStore(inner, {
        submit: async (table, writes, options) => {
          const receipts = await inner.submit(table, writes, options);
          if (table === 'Members' && writes[0]!.mode === 'merge' && isLost) {
            isLost = false;
            throw new EntitableError('store.outcome-unknown', 'Lost.', { found: 'unread' });
          }
          return receipts;
        },
      }),
    );
    await members.insert(member('1', { country: 'NZ', city: 'a' }));
    const unit = db.unitOfWork();
    const found = await unit.repository(Member).getOrThrow({ tenant: 't', id: '1' });
    found.city = 'b';
    const error = (await rejection(unit.commit())) as EntitableError<'commit.partial'>;
    sent();
    const report = await unit.commit();
    const counts = { unknown: error.details.unknown.length, stale: error.details.stale?.length };
    expect({ counts, committed: report.committed.length, names: sent() }).to.deep.equal({
      counts: { unknown: 1, stale: 1 },
      committed: 1,
      names: ['get Members', 'delete MembersByCountry'],
    });
  });
});
