import { expect } from 'chai';
import type { PlannedBatch } from '../../src/unit-of-work/plan.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { Foreign, order, Order, Setting } from '../support/models.js';

const KEY = { customerId: 'c1', orderId: 'o1' } as const;

/** What a plan writes, without sizes. */
function writesOf(plan: readonly PlannedBatch[]): readonly string[] {
  return plan.flatMap(({ writes }) =>
    writes.map(({ mode, partitionKey, rowKey }) => `${mode} ${partitionKey} ${rowKey}`),
  );
}

onEveryStore('A unit of work holds', (open) => {
  async function stored(): Promise<{
    work: UnitOfWork;
    loaded: Order;
    orders: Awaited<ReturnType<typeof open>>['tables'];
  }> {
    const { tables } = await open();
    await tables.repository(Order).insert(order({ status: 'open', email: 'a@b.c' }));
    const work = tables.unitOfWork();
    const loaded = await work.repository(Order).getOrThrow(KEY);
    return { work, loaded, orders: tables };
  }

  it('nothing of an entity that was only read', async () => {
    const { work } = await stored();
    expect(work.plan()).to.deep.equal([]);
    expect(await work.commit()).to.deep.equal({ committed: [], failed: [], unknown: [], pending: [] });
  });

  it('a merge of what changed, found by comparing', async () => {
    const { work, loaded, orders } = await stored();
    loaded.status = 'shipped';
    expect(writesOf(work.plan())).to.deep.equal(['merge c1 o1']);
    const before = loaded.etag;
    const report = await work.commit();
    expect(report.committed.map(({ entity }) => entity)).to.deep.equal([loaded]);
    expect(loaded.etag).to.not.equal(before);
    expect(work.plan()).to.deep.equal([]);
    expect(await orders.repository(Order).getOrThrow(KEY)).to.include({ status: 'shipped', email: 'a@b.c' });
  });

  it('no change where bytes, dates or NaN are equal', async () => {
    const { tables } = await open();
    const values = { signature: new Uint8Array([1, 2]), placedAt: new Date(5), total: Number.NaN };
    await tables.repository(Order).insert(order(values));
    const work = tables.unitOfWork();
    const loaded = (await work.get(Order, KEY))!;
    Object.assign(loaded, { signature: new Uint8Array([1, 2]), placedAt: new Date(5), total: Number.NaN });
    expect(work.plan()).to.deep.equal([]);
    loaded.signature![0] = 9;
    expect(writesOf(work.plan())).to.deep.equal(['merge c1 o1']);
  });

  it('the removal of a property, keeping what another program stored; a plan tells the requests it takes', async () => {
    const { work, loaded, orders } = await stored();
    await orders.repository(Foreign).merge(KEY, { note: 'theirs' });
    const fresh = (await work.get(Order, KEY, { refresh: true }))!;
    expect(fresh).to.equal(loaded);
    loaded.email = undefined;
    const requests = orders.traits.removes === 'in-place' ? 1 : 2;
    expect(work.plan().map((batch) => batch.requests)).to.deep.equal([requests]);
    await work.commit();
    expect(await orders.repository(Order).getOrThrow(KEY)).to.include({ email: undefined, status: 'open' });
    expect(await orders.repository(Foreign).getOrThrow(KEY)).to.include({ note: 'theirs' });
  });

  it('inserts, which get() finds and queries do not see', async () => {
    const { work } = await stored();
    const orders = work.repository(Order);
    const added = order({ orderId: 'o2' });
    expect(await orders.insert(added)).to.equal(added);
    expect(added.etag).to.equal(undefined);
    expect(await orders.get({ customerId: 'c1', orderId: 'o2' })).to.equal(added);
    expect(await orders.exists({ customerId: 'c1', orderId: 'o2' })).to.equal(true);
    expect((await orders.query({ customerId: 'c1' }).toArray()).map(({ orderId }) => orderId)).to.deep.equal(['o1']);
    await work.commit();
    expect(added.etag).to.be.a('string');
    expect(await orders.query({ customerId: 'c1' }).toArray()).to.include(added);
  });

  it('removals, which neither get() nor a query finds', async () => {
    const { work, loaded, orders } = await stored();
    const held = work.repository(Order);
    expect(await held.delete(loaded)).to.equal(true);
    expect(await held.get(KEY)).to.equal(undefined);
    expect(await held.exists(KEY)).to.equal(false);
    expect(await held.query({ customerId: 'c1' }).toArray()).to.deep.equal([]);
    expect(await held.query({ customerId: 'c1' }).count()).to.equal(0);
    expect(await held.query({ customerId: 'c1' }).select('total').toArray()).to.deep.equal([]);
    expect(await held.query({ customerId: 'c1' }).where('orderId', 'eq', 'o1').first()).to.equal(undefined);
    expect(await rejection(held.delete(KEY))).to.have.property('code', 'store.not-found');
    expect(await held.delete(KEY, { missing: 'ignore' })).to.equal(false);
    expect(await orders.repository(Order).exists(KEY)).to.equal(true);
    await work.commit();
    expect(await orders.repository(Order).exists(KEY)).to.equal(false);
  });

  it('nothing of an entity that was inserted and deleted', async () => {
    const { work } = await stored();
    const added = order({ orderId: 'o2' });
    work.insert(added);
    work.delete(added);
    expect(work.plan()).to.deep.equal([]);
  });

  it('one replace, under the old ETag, of a row that was deleted and inserted', async () => {
    const { work, loaded, orders } = await stored();
    work.delete(loaded);
    const successor = order({ total: 7 });
    work.insert(successor);
    expect(writesOf(work.plan())).to.deep.equal(['replace c1 o1']);
    await orders.repository(Order).merge(KEY, { total: 1 });
    expect(await rejection(work.commit())).to.have.property('code', 'store.precondition-failed');
    expect(await orders.repository(Order).getOrThrow(KEY)).to.include({ total: 1, status: 'open' });
  });

  it('what was merged by key, in the entity that the row has here', async () => {
    const { work, loaded } = await stored();
    await work.repository(Order).merge(KEY, { total: 5, email: null, status: undefined });
    expect(loaded).to.include({ total: 5, email: undefined, status: 'open' });
    expect(writesOf(work.plan())).to.deep.equal(['merge c1 o1']);
  });

  it('merges by key of rows that were not read, joined into one', async () => {
    const { tables } = await open();
    await tables.repository(Order).insert(order({ status: 'open', email: 'a@b.c' }));
    const work = tables.unitOfWork();
    const held = work.repository(Order);
    await held.merge(KEY, { total: 1, email: null });
    await held.merge(KEY, { total: 2, items: 9, email: undefined, status: undefined });
    expect(writesOf(work.plan())).to.deep.equal(['merge c1 o1']);
    expect(await held.get(KEY)).to.include({ total: 2, items: 9, email: undefined, status: 'open' });
    await work.commit();
    expect(await tables.repository(Order).getOrThrow(KEY)).to.include({
      total: 2,
      items: 9,
      email: undefined,
      status: 'open',
    });
  });

  it('no merge that removes, joined to an upsert, which could not remove it: commit.not-in-unit', async () => {
    const { orders } = await stored();
    const work = orders.unitOfWork();
    const held = work.repository(Order);
    await held.upsert(order({ total: 4 }));
    expect(await rejection(held.merge(KEY, { total: 5, email: null }))).to.have.property('code', 'commit.not-in-unit');
    await held.merge(KEY, { total: 5, email: undefined });
    await work.commit();
    expect(await orders.repository(Order).getOrThrow(KEY)).to.include({ total: 5, email: 'a@b.c' });
  });

  it('upserts and replaces, one write each', async () => {
    const { work, loaded, orders } = await stored();
    const held = work.repository(Order);
    loaded.total = 3;
    await held.replace(loaded);
    const other = order({ orderId: 'o2', total: 4 });
    await held.upsert(other, { mode: 'replace' });
    await held.upsert(other);
    expect(writesOf(work.plan())).to.deep.equal(['replace c1 o1', 'upsert-merge c1 o2']);
    await work.commit();
    other.total = 5;
    await work.commit();
    const totals = await orders.repository(Order).query({ customerId: 'c1' }).select('total').toArray();
    expect(totals.map(({ total }) => total)).to.deep.equal([3, 5]);
  });

  it('deletes by key: unconditional, and as good as done when the row is missing where that is ignored', async () => {
    const { work, orders } = await stored();
    const held = work.repository(Order);
    await held.delete({ customerId: 'c1', orderId: 'gone' }, { missing: 'ignore' });
    await held.delete({ customerId: 'c1', orderId: 'o1' });
    const added = order({ orderId: 'o3' });
    work.insert(added);
    await orders.repository(Order).merge(KEY, { total: 1 });
    const { committed } = await work.commit({ atomic: true });
    expect(committed.map(({ rowKey }) => rowKey)).to.deep.equal(['o1', 'gone', 'o3']);
    expect((await orders.repository(Order).scan().toArray()).map(({ orderId }) => orderId)).to.deep.equal(['o3']);
  });

  it('what an entity of another process differs in, found by reading its row', async () => {
    const { work, loaded, orders } = await stored();
    const dto = Object.assign(new Order(), { ...loaded, total: 77 });
    const other = orders.unitOfWork();
    await other.repository(Order).save(dto);
    expect(writesOf(other.plan())).to.deep.equal(['merge c1 o1']);
    await other.commit();
    expect(await work.get(Order, KEY, { refresh: true })).to.have.property('total', 77);
  });

  it('one entity for a row, whichever way it is read', async () => {
    const { work, loaded, orders } = await stored();
    const held = work.repository(Order);
    await orders.repository(Order).merge(KEY, { total: 99 });
    expect(await held.get(KEY)).to.equal(loaded);
    expect(await held.getMany([KEY, KEY])).to.deep.equal([loaded, loaded]);
    expect(await held.query({ customerId: 'c1' }).first()).to.equal(loaded);
    expect(loaded.total).to.equal(10.5);
    const projection = await held.query({ customerId: 'c1' }).select('total').firstOrThrow();
    expect(projection).to.deep.equal({ total: 99 });
    await held.refresh(loaded);
    expect(loaded.total).to.equal(99);
    await orders.repository(Order).merge(KEY, { total: 100 });
    expect(await held.query({ customerId: 'c1' }).toArray({ refresh: true })).to.deep.equal([loaded]);
    expect(loaded.total).to.equal(100);
    expect(work.plan()).to.deep.equal([]);
  });

  it('rows apart whose keys run together', async () => {
    const { tables } = await open();
    const work = tables.unitOfWork();
    const settings = work.repository(Setting);
    const pairs = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['', 'abc'],
      ['abc', ''],
      ['1:a', 'b'],
      ['1', ':ab'],
    ] as const;
    for (const [scope, name] of pairs) await settings.insert({ scope, name, value: `${scope} ${name}` });
    await work.commit();
    expect(
      await tables
        .repository(Setting)
        .query(pairs.map(([scope]) => ({ scope })))
        .count(),
    ).to.equal(pairs.length);
  });
});

onEveryStore('A unit of work refuses', (open) => {
  it('a changed key: key.changed, which says how to move an entity', async () => {
    const { tables } = await open();
    await tables.repository(Order).insert(order());
    const work = tables.unitOfWork();
    const loaded = (await work.get(Order, KEY))!;
    loaded.orderId = 'o9';
    expect(() => work.plan()).to.throw(/insert a copy/);
    expect(await rejection(work.commit())).to.have.property('code', 'key.changed');
    const added = order({ orderId: 'o2' });
    const other = tables.unitOfWork();
    other.insert(added);
    added.orderId = 'o3';
    expect(await rejection(other.commit())).to.have.property('code', 'key.changed');
  });

  it('a second entity, or another class, for a row that has one', async () => {
    const { tables } = await open();
    await tables.repository(Order).insert(order());
    const work = tables.unitOfWork();
    await work.get(Order, KEY);
    const copy = Object.assign(new Order(), await tables.repository(Order).getOrThrow(KEY));
    const loadedOutside = await tables.repository(Order).getOrThrow(KEY);
    expect(await rejection(work.repository(Order).insert(copy))).to.have.property('code', 'store.already-exists');
    expect(await rejection(work.repository(Order).upsert(copy))).to.have.property('code', 'commit.row-tracked');
    expect(await rejection(work.repository(Order).save(loadedOutside))).to.have.property('code', 'commit.row-tracked');
    const error = await rejection(work.get(Foreign, KEY));
    expect(error).to.have.property('code', 'commit.row-tracked');
    expect(error).to.have.nested.property('details.trackedAs', 'Order');
  });

  it('verbs that write at once: commit.not-in-unit', async () => {
    const { tables } = await open();
    const held = tables.unitOfWork().repository(Order);
    const refused: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['modify()', () => held.modify(KEY, () => undefined)],
      ['insertMany()', () => held.insertMany([])],
      ['upsertMany()', () => held.upsertMany([])],
      ['mergeMany()', () => held.mergeMany([])],
      ['deleteMany()', () => held.deleteMany([])],
      ['query.delete()', () => held.query({ customerId: 'c1' }).delete()],
      ['query.merge()', () => held.query({ customerId: 'c1' }).merge({ total: 1 })],
    ];
    for (const [verb, call] of refused) {
      expect(await rejection(call())).to.deep.include({ code: 'commit.not-in-unit', details: { verb } });
    }
  });

  it('to track what has no row: entity.no-etag', async () => {
    const { tables } = await open();
    expect(() => tables.unitOfWork().track(order()))
      .to.throw()
      .with.property('code', 'entity.no-etag');
  });

  it('what is no entity, in words that say what was given, what is expected and what to do', async () => {
    const { tables } = await open();
    const unit = tables.unitOfWork();
    const remedies = {
      insert: 'Make one: unit.repository(Order).create({ … }).',
      delete: 'To delete by a key, name the class: unit.repository(Order).delete(key).',
      track: 'Read it in the unit, by its key: unit.get(Order, key).',
      require: 'Read it in the unit, by its key: unit.get(Order, key).',
    };
    const plain = { code: 'metadata.not-an-entity', details: { className: 'Object' } };
    const none = (found: string): object => ({
      code: 'entity.not-an-object',
      details: { className: 'Object', found },
    });
    const given: readonly (readonly [value: unknown, found: string, error: object])[] = [
      [KEY, 'a plain object', plain],
      [{ ...KEY, total: 1 }, 'a plain object', plain],
      [Object.create(null), 'a plain object', plain],
      [undefined, 'undefined', none('undefined')],
      [null, 'null', none('null')],
      [[order()], 'Array', none('Array')],
      ['o1', 'string', none('string')],
      [Order, 'function', none('function')],
      [Promise.reject(new Error('never awaited')), 'Promise', none('Promise')],
    ];
    for (const verb of ['insert', 'delete', 'track', 'require'] as const) {
      for (const [value, found, error] of given) {
        expect(await rejection((async () => unit[verb](value as object))())).to.deep.include({
          ...error,
          message: `unit.${verb}() takes an instance of an entity class, whose class tells its table, not ${found}. ${remedies[verb]}`,
        });
      }
    }
    class Undeclared {}
    expect(() => unit.insert(new Undeclared()))
      .to.throw('Undeclared is not an entity class. Decorate it with @Entity({ table })')
      .with.property('code', 'metadata.not-an-entity');
    expect(unit.plan()).to.deep.equal([]);
  });

  it('values that cannot be stored, before anything is sent; the unit stays as it is', async () => {
    const { tables } = await open();
    const work = tables.unitOfWork();
    const good = order({ orderId: 'good' });
    const bad = order({ orderId: 'bad', items: 0.5 });
    work.insert(good);
    work.insert(bad);
    expect(await rejection(work.commit())).to.have.property('code', 'validation.out-of-range');
    expect(await tables.repository(Order).scan().count()).to.equal(0);
    bad.items = 1;
    expect((await work.commit()).committed).to.have.length(2);
  });
});
