import { expect } from 'chai';
import type { Repository } from '../../src/index.js';
import { openTestSource, type TestSource } from '../../src/testing/index.js';
import { User } from './users.js';

/** A user in all three indexes of the class. */
function ann(id = 'ann'): User {
  return Object.assign(new User(), {
    tenant: 't',
    id,
    email: `${id}@example.org`,
    plan: 'paid',
    joined: new Date(0),
    score: 1,
    active: true,
    name: 'Ann',
  });
}

describe('The requests of a class with indexes', () => {
  let test: TestSource;
  let users: Repository<User>;
  const key = { tenant: 't', id: 'ann' };

  beforeEach(async () => {
    test = await openTestSource();
    users = test.tables.repository(User);
    await users.insert(ann());
    test.takeRequests();
  });

  afterEach(() => test[Symbol.asyncDispose]());

  async function requestsOf(verb: () => Promise<unknown>): Promise<readonly string[]> {
    test.takeRequests();
    await verb();
    return test.takeRequests();
  }

  it('insert writes the entity and its entries in one transaction', async () => {
    expect(await requestsOf(() => users.insert(ann('bob')))).to.deep.equal([
      'insert+insert+upsert-replace+upsert-replace',
    ]);
  });

  it('save of a loaded entity is one request, with the entries that change', async () => {
    const loaded = (await users.get(key))!;
    loaded.note = 'not indexed';
    expect(await requestsOf(() => users.save(loaded))).to.deep.equal(['merge']);
    loaded.email = 'ann@example.com';
    expect(await requestsOf(() => users.save(loaded))).to.deep.equal(['merge+delete+insert']);
    loaded.name = 'Anna';
    expect(await requestsOf(() => users.save(loaded))).to.deep.equal(['merge+upsert-replace']);
  });

  it('replace and delete of a loaded entity are one request', async () => {
    const loaded = (await users.get(key))!;
    loaded.score = 2;
    expect(await requestsOf(() => users.replace(loaded))).to.deep.equal(['replace+delete+upsert-replace']);
    expect(await requestsOf(() => users.delete(loaded))).to.deep.equal(['delete+delete+delete+delete']);
  });

  it('merge by key reads the row only if the patch names an indexed property', async () => {
    expect(await requestsOf(() => users.merge(key, { note: 'x' }))).to.deep.equal(['merge']);
    expect(await requestsOf(() => users.merge(key, { score: 3 }))).to.deep.equal([
      'get',
      'merge+delete+upsert-replace',
    ]);
  });

  it('upsert and delete by key read the row first', async () => {
    expect(await requestsOf(() => users.upsert(ann()))).to.deep.equal(['get', 'merge']);
    expect(await requestsOf(() => users.upsert(ann('bob')))).to.deep.equal([
      'get',
      'insert+insert+upsert-replace+upsert-replace',
    ]);
    expect(await requestsOf(() => users.delete(key))).to.deep.equal(['get', 'delete+delete+delete+delete']);
  });

  it('an ETag of any row makes replace and delete read the row', async () => {
    const loaded = (await users.get(key))!;
    await users.merge(key, { email: 'ann@example.net' });
    expect(await requestsOf(() => users.replace(loaded, { etag: '*' }))).to.deep.equal([
      'get',
      'replace+delete+insert',
    ]);
    expect(await requestsOf(() => users.delete(loaded, { etag: '*' }))).to.deep.equal([
      'get',
      'delete+delete+delete+delete',
    ]);
  });

  it('bulk writes put 25 entities with three entries each into a transaction', async () => {
    const many = Array.from({ length: 50 }, (_, at) => ann(`u${at}`));
    const requests = await requestsOf(() => users.insertMany(many));
    expect(requests.map((request) => request.split('+').length)).to.deep.equal([100, 100]);
  });

  it('writes by filter read what the indexes need in the request that finds the rows', async () => {
    expect(await requestsOf(() => users.query({ tenant: 't' }).merge({ score: 5 }))).to.deep.equal([
      'scan',
      'merge+delete+upsert-replace',
    ]);
    expect(await requestsOf(() => users.query({ tenant: 't' }).delete())).to.deep.equal([
      'scan',
      'delete+delete+delete+delete',
    ]);
  });

  it('a unit of work reads when a verb by key is called, and commits with the entries', async () => {
    const requests = await requestsOf(() =>
      test.tables.unitOfWork(async (unit) => {
        await unit.repository(User).merge(key, { score: 7 });
        await unit.repository(User).insert(ann('bob'));
      }),
    );
    expect(requests).to.deep.equal(['get', 'merge+delete+upsert-replace+insert+insert+upsert-replace+upsert-replace']);
  });
});
