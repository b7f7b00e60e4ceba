import { expect } from 'chai';
import { EntitableError, type DataSource, type Repository } from '../../src/index.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { findings, User } from './users.js';

const AT_REST = { missing: [], surplus: [] };

function user(id: string, values: Partial<User> = {}): User {
  return Object.assign(new User(), { tenant: 't', id, ...values });
}

const keyOf = (id: string) => ({ tenant: 't', id });

onEveryStore('A write of an entity whose row has changed since it was read', (open) => {
  let db: DataSource;
  let users: Repository<User>;
  let tableName: (name: string) => string;

  beforeEach(async () => {
    const opened = await open();
    ({ tables: db, tableName } = opened);
    users = db.repository(User);
    await users.insert(user('1', { email: 'a@x', score: 1 }));
  });

  /** Declares a test after which the entries must be as the entities are. */
  function keeps(title: string, test: () => Promise<void>): void {
    it(title, async () => {
      await test();
      expect(await findings(db, User, tableName)).to.deep.equal(AT_REST);
    });
  }

  async function loadedThenChanged(): Promise<User> {
    const loaded = (await users.get(keyOf('1')))!;
    await users.merge(keyOf('1'), { score: 2, email: 'b@x' });
    return loaded;
  }

  keeps('keeps the entries when an entity is saved twice over any ETag', async () => {
    const stale = await loadedThenChanged();
    stale.etag = '*';
    stale.note = 'not indexed';
    await users.save(stale);
    stale.score = 5;
    await users.save(stale);
    expect((await users.get(keyOf('1')))?.score).to.equal(5);
  });

  keeps('keeps the entries when an entity is saved under the ETag of a later row', async () => {
    const stale = await loadedThenChanged();
    stale.etag = (await users.get(keyOf('1')))!.etag!;
    stale.note = 'not indexed';
    await users.save(stale);
    stale.email = 'c@x';
    await users.save(stale);
    await users.delete(stale);
  });

  keeps('keeps the entries when values from a client are saved over any ETag', async () => {
    const dto = Object.assign(user('1', { score: 7, email: 'a@x' }), { etag: '*' });
    await users.save(dto);
    dto.score = 8;
    await users.save(dto);
    expect(await rejection(users.save(Object.assign(user('1', { score: 9 }), { etag: 'W/"old"' })))).to.include({
      code: 'store.precondition-failed',
    });
  });

  keeps('keeps the entries in a unit of work over any ETag', async () => {
    const stale = await loadedThenChanged();
    const unit = db.unitOfWork();
    await unit.repository(User).save(stale);
    stale.etag = '*';
    stale.note = 'not indexed';
    await unit.commit();
    stale.score = 5;
    await unit.commit();
    await users.merge(keyOf('1'), { score: 6 });
    stale.etag = '*';
    stale.score = 7;
    await unit.commit();
    stale.score = 8;
    await unit.commit();
    expect((await users.get(keyOf('1')))?.score).to.equal(8);
  });

  keeps('keeps the entries in a unit of work under the ETag of a later row', async () => {
    const stale = await loadedThenChanged();
    stale.etag = (await users.get(keyOf('1')))!.etag!;
    const unit = db.unitOfWork();
    await unit.repository(User).save(stale);
    stale.email = 'c@x';
    await unit.commit();
    stale.score = 5;
    await unit.commit();
    expect({ ...(await users.get(keyOf('1')))! }).to.include({ email: 'c@x', score: 5 });
  });

  keeps('saves values from a client in a unit of work', async () => {
    const unit = db.unitOfWork();
    const dto = Object.assign(user('1', { score: 7, email: 'a@x' }), { etag: '*' });
    await unit.repository(User).save(dto);
    await unit.commit();
    dto.score = 8;
    await unit.commit();
    expect((await users.get(keyOf('1')))?.score).to.equal(8);
  });

  keeps('deletes in a unit of work what was to be replaced', async () => {
    const loaded = (await users.get(keyOf('1')))!;
    const unit = db.unitOfWork();
    await unit.repository(User).replace(Object.assign(loaded, { score: 3 }));
    await unit.repository(User).delete(loaded);
    await unit.commit();
    expect(await users.get(keyOf('1'))).to.equal(undefined);
  });

  const joined: Readonly<Record<string, (unit: Repository<User>) => Promise<unknown>>> = {
    'a merge that no index needs, and a delete': async (unit) => {
      await unit.merge(keyOf('1'), { note: 'n' });
      return unit.delete(keyOf('1'));
    },
    'a merge, and one over any ETag that no index needs': async (unit) => {
      await unit.merge(keyOf('1'), { score: 3 });
      return unit.merge(keyOf('1'), { note: 'n' }, { etag: '*' });
    },
    'a replace, and a merge over any ETag that no index needs': async (unit) => {
      const loaded = (await unit.get(keyOf('1')))!;
      await unit.replace(Object.assign(loaded, { email: 'c@x' }));
      return unit.merge(keyOf('1'), { note: 'n' }, { etag: '*' });
    },
    'an upsert, and a delete': async (unit) => {
      const made = user('1', { email: 'c@x' });
      await unit.upsert(made);
      return unit.delete(made);
    },
    'a delete over any ETag, and an insert': async (unit) => {
      await unit.delete(keyOf('1'), { missing: 'ignore' });
      return unit.insert(user('1', { email: 'c@x', score: 1 }));
    },
    'an upsert of an entity that was merged over any ETag': async (unit) => {
      const loaded = (await users.get(keyOf('1')))!;
      await users.merge(keyOf('1'), { score: 7 });
      await users.save(Object.assign(loaded, { etag: '*', note: 'n' }));
      await unit.save(loaded);
      return unit.upsert(Object.assign(loaded, { score: 8 }));
    },
  };

  for (const [title, work] of Object.entries(joined)) {
    for (const isFirst of [true, false]) {
      keeps(`joins ${title}${isFirst ? '' : ', while another writer changes the row'}`, async () => {
        const unit = db.unitOfWork();
        await work(unit.repository(User));
        if (!isFirst) await users.merge(keyOf('1'), { score: 2, email: 'b@x' });
        try {
          await unit.commit();
        } catch (error) {
          if (isFirst || !EntitableError.is(error, 'store.precondition-failed')) throw error;
        }
      });
    }
  }

  keeps('refuses a write under an old ETag', async () => {
    const stale = await loadedThenChanged();
    stale.score = 9;
    for (const verb of ['save', 'replace', 'delete'] as const) {
      const error = await rejection(users[verb](stale));
      expect(EntitableError.is(error, 'store.precondition-failed'), verb).to.equal(true);
    }
  });
});
