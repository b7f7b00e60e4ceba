import { expect } from 'chai';
import type { PlannedBatch } from '../../src/unit-of-work/plan.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { Foreign, order, Order, Setting } from '../support/models.js';

const KEY = { customerId: 'c1', orderId: 'o1' } as const;

/** Returns the writes of a plan, without sizes. */
function writesOf(plan: readonly PlannedBatch[]): readonly string[] {
  return plan.flatMap(({ writes }) =>
    writes.map(({ mode, partitionKey, rowKey }) => `${mode} ${partitionKey} ${rowKey}`),
  );
}

onEveryStore('The pending writes of a unit of work', (open) => {
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

  it('An entity that was only read is not written', async () => {
    const { work } = await stored();
    expect(work.plan()).to.deep.equal([]);
    expect(await work.commit()).to.deep.equal({ committed: [], failed: [], unknown: [], pending: [] });
  });

  it('A changed entity is written as a merge of the properties that differ from its row', async () => {
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

  it('Equal bytes, dates and NaN do not count as changes', async () => {
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

  it('Removing a property keeps what other programs stored in the row, and plan() shows the requests it takes', async () => {
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

  it('A pending insert is found by get() but not by queries', async () => {
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

  it('A pending delete is found neither by get() nor by queries', async () => {
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

  it('An entity that is inserted and then deleted in the same unit is not written', async () => {
    const { work } = await stored();
    const added = order({ orderId: 'o2' });
    work.insert(added);
    work.delete(added);
    expect(work.plan()).to.deep.equal([]);
  });

  it('A row that is deleted and then inserted is written as one replace that requires the old ETag', async () => {
    const { work, loaded, orders } = await stored();
    work.delete(loaded);
    const successor = order({ total: 7 });
    work.insert(successor);
    expect(writesOf(work.plan())).to.deep.equal(['replace c1 o1']);
    await orders.repository(Order).merge(KEY, { total: 1 });
    expect(await rejection(work.commit())).to.have.property('code', 'store.precondition-failed');
    expect(await orders.repository(Order).getOrThrow(KEY)).to.include({ total: 1, status: 'open' });
  });

  it('A merge by key changes the entity that the unit has loaded for the row', async () => {
    const { work, loaded } = await stored();
    await work.repository(Order).merge(KEY, { total: 5, email: null, status: undefined });
    expect(loaded).to.include({ total: 5, email: undefined, status: 'open' });
    expect(writesOf(work.plan())).to.deep.equal(['merge c1 o1']);
  });

  it('Several merges by key of a row that was not read become one write', async () => {
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

  it('A merge that removes a property throws `commit.not-in-unit` after an upsert of the same row', async () => {
    const { orders } = await stored();
    const work = orders.unitOfWork();
    const held = work.repository(Order);
    await held.upsert(order({ total: 4 }));
    expect(await rejection(held.merge(KEY, { total: 5, email: null }))).to.have.property('code', 'commit.not-in-unit');
    await held.merge(KEY, { total: 5, email: undefined });
    await work.commit();
    expect(await orders.repository(Order).getOrThrow(KEY)).to.include({ total: 5, email: 'a@b.c' });
  });

  it('Several upserts or replaces of a row become one write', async () => {
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

  it('A delete by key is unconditional, and succeeds for a missing row with `missing: "ignore"`', async () => {
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

  it('Saving a detached entity reads its row and writes the difference', async () => {
    const { work, loaded, orders } = await stored();
    const dto = Object.assign(new Order(), { ...loaded, total: 77 });
    const other = orders.unitOfWork();
    await other.repository(Order).save(dto);
    expect(writesOf(other.plan())).to.deep.equal(['merge c1 o1']);
    await other.commit();
    expect(await work.get(Order, KEY, { refresh: true })).to.have.property('total', 77);
  });

  it('Every way to read a row returns the same entity', async () => {
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

  it('Rows are distinguished even if their keys are equal when concatenated', async () => {
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

onEveryStore('Invalid use of a unit of work', (open) => {
  it('A changed key throws `key.changed`, whose message explains how to move an entity', async () => {
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

  it('A second entity, or one of another class, for a tracked row is rejected', async () => {
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

  it('Operations that write at once throw `commit.not-in-unit` in a unit of work', async () => {
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

  it('Tracking an entity without a row throws `entity.no-etag`', async () => {
    const { tables } = await open();
    expect(() => tables.unitOfWork().track(order()))
      .to.throw()
      .with.property('code', 'entity.no-etag');
  });

  it('A value that is not an entity is rejected with a message that names it and says what to do', async () => {
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

  it('A value that cannot be stored is rejected before anything is sent, and the unit keeps its writes', async () => {
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
