import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { Repository } from '../../src/repository/repository.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { faultyStore } from '../support/faulty-store.js';
import { Foreign, order, Order } from '../support/models.js';

const ADA = { customerId: 'c1', orderId: 'ada' } as const;
const BEN = { customerId: 'c1', orderId: 'ben' } as const;

const shown = (unit: UnitOfWork): string[] =>
  unit
    .plan()
    .flatMap(({ writes }) =>
      writes.map(({ mode, rowKey, required }) => `${mode} ${rowKey}${required ? ' (required)' : ''}`),
    );

onEveryStore('A required entity of a unit of work', (open) => {
  async function doctors(): Promise<{ readonly tables: DataSource; readonly orders: Repository<Order> }> {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insertMany([order({ ...ADA, paid: true }), order({ ...BEN, paid: true })]);
    return { tables, orders };
  }

  /** Takes one of two doctors off duty if the other stays on. */
  async function leave(unit: UnitOfWork, me: typeof ADA | typeof BEN, other: typeof ADA | typeof BEN): Promise<void> {
    const [mine, theirs] = await unit.repository(Order).getMany([me, other]);
    if (theirs!.paid !== true) throw new Error('Somebody must be on duty.');
    mine!.paid = false;
    unit.require(theirs!);
  }

  it('require() prevents write skew: of two units that each read what the other writes, one is rejected', async () => {
    const { tables, orders } = await doctors();
    const [first, second] = [tables.unitOfWork(), tables.unitOfWork()];
    await leave(first, ADA, BEN);
    await leave(second, BEN, ADA);
    expect(shown(first)).to.deep.equal(['merge ada', 'merge ben (required)']);
    await first.commit();
    const error = await rejection(second.commit());
    expect(error).to.include({ code: 'store.precondition-failed' });
    expect(EntitableError.is(error, 'store.precondition-failed') && error.details.lostRace).to.equal(true);
    expect((await orders.query({ customerId: 'c1' }).toArray()).map(({ paid }) => paid)).to.deep.equal([false, true]);
  });

  it('A required entity is read again when `maxRetries` repeats the work, so the second unit sees the change', async () => {
    const { tables, orders } = await doctors();
    let runs = 0;
    const leaving = tables.unitOfWork(
      async (unit) => {
        await leave(unit, BEN, ADA);
        if (++runs === 1) await tables.unitOfWork((rival) => leave(rival, ADA, BEN));
      },
      { maxRetries: 3 },
    );
    expect(await rejection(leaving)).to.have.property('message', 'Somebody must be on duty.');
    expect((await orders.query({ customerId: 'c1' }).toArray()).map(({ paid }) => paid)).to.deep.equal([false, true]);
  });

  it('A requirement changes only the ETag of the row, updates the ETag of the entity, and applies to one commit', async () => {
    const { tables, orders } = await doctors();
    await tables.repository(Foreign).upsert({ ...BEN, note: 'theirs', big: 2n ** 60n });
    const before = await orders.getOrThrow(BEN);
    const unit = tables.unitOfWork();
    const ben = (await unit.get(Order, BEN))!;
    expect(unit.require(ben)).to.equal(ben);
    unit.require(ben);
    const { committed } = await unit.commit();
    expect({ ...committed[0] }).to.deep.include({ mode: 'merge', rowKey: 'ben', required: true });
    const after = await orders.getOrThrow(BEN);
    expect({ ...after, etag: '', updatedAt: 0 }).to.deep.equal({ ...before, etag: '', updatedAt: 0 });
    expect(await tables.repository(Foreign).getOrThrow(BEN)).to.include({ note: 'theirs', big: 2n ** 60n });
    expect(after.etag).to.equal(ben.etag).and.not.to.equal(before.etag);
    expect(unit.plan()).to.deep.equal([]);
    ben.total = 5;
    await unit.commit();
    expect((await orders.getOrThrow(BEN)).total).to.equal(5);
  });

  it('A requirement is combined with any other write of the row, which then requires the ETag', async () => {
    const { tables, orders } = await doctors();
    const changes: readonly (readonly [expected: string, (unit: UnitOfWork, ben: Order) => unknown])[] = [
      ['merge ben', (_, ben) => (ben.total = 7)],
      ['merge ben', (unit) => unit.repository(Order).merge(BEN, { total: 7 }, { etag: '*' })],
      ['merge ben', (unit, ben) => unit.repository(Order).upsert(ben)],
      ['replace ben', (unit, ben) => unit.repository(Order).upsert(ben, { mode: 'replace' })],
      ['replace ben', (unit, ben) => unit.repository(Order).replace(ben, { etag: '*' })],
      ['delete ben', (unit, ben) => unit.delete(ben)],
      ['delete ben', (unit) => unit.repository(Order).delete(BEN)],
    ];
    for (const [expected, change] of changes) {
      for (const isRequiredFirst of [true, false]) {
        const unit = tables.unitOfWork();
        const ben = (await unit.get(Order, BEN))!;
        if (isRequiredFirst) unit.require(ben);
        await change(unit, ben);
        if (!isRequiredFirst) unit.require(ben);
        expect(shown(unit)).to.deep.equal([expected]);
        await orders.merge(BEN, { items: 3 });
        expect(await rejection(unit.commit()), expected).to.have.property('code', 'store.precondition-failed');
      }
    }
    const unit = tables.unitOfWork();
    unit.require((await unit.get(Order, BEN))!);
    await unit.repository(Order).delete(BEN);
    unit.insert(order({ ...BEN, total: 1 }));
    expect(shown(unit)).to.deep.equal(['replace ben']);
    await orders.merge(BEN, { items: 4 });
    expect(await rejection(unit.commit())).to.have.property('code', 'store.precondition-failed');
    const stating = tables.unitOfWork();
    const ben = stating.require((await stating.get(Order, BEN))!);
    ben.total = 9;
    await stating.repository(Order).merge(BEN, { items: 5 }, { etag: 'W/"another"' });
    expect(() => stating.plan())
      .to.throw()
      .with.property('code', 'store.precondition-failed');
  });

  it('A requirement makes the commit atomic: writes to another partition are rejected before anything is sent', async () => {
    const { tables, orders } = await doctors();
    await tables.unitOfWork(async (unit) => {
      unit.require((await unit.get(Order, BEN))!);
      unit.insert(order({ orderId: 'new' }));
    });
    const wide = tables.unitOfWork(async (unit) => {
      unit.require((await unit.get(Order, BEN))!);
      unit.insert(order({ customerId: 'c2' }));
    });
    const error = await rejection(wide);
    expect(error).to.deep.include({
      code: 'commit.not-atomic',
      details: { reason: 'partitions', found: 2, limit: 1 },
    });
    expect(error)
      .to.have.property('message')
      .that.matches(/^This unit of work requires a Order to be as it was read\./);
    expect(await orders.scan().count()).to.equal(3);
  });

  it('A requirement uses the ETag that the entity was last read with', async () => {
    const { tables, orders } = await doctors();
    const unit = tables.unitOfWork();
    const ben = unit.require((await unit.get(Order, BEN))!);
    await orders.merge(BEN, { items: 3 });
    await unit.repository(Order).refresh(ben);
    await unit.commit();
    expect((await orders.getOrThrow(BEN)).etag).to.equal(ben.etag);
  });

  it('A required entity may have been read outside the unit, but must have been read', async () => {
    const { tables, orders } = await doctors();
    const detached = await orders.getOrThrow(BEN);
    await orders.merge(BEN, { items: 3 });
    const unit = tables.unitOfWork();
    unit.require(detached);
    const error = await rejection(unit.commit());
    // The entity was not read in the unit, so repeating the work would not read it again.
    expect(EntitableError.is(error, 'store.precondition-failed') && error.details.lostRace).to.equal(undefined);
    expect(() => tables.unitOfWork().require(order(BEN)))
      .to.throw()
      .with.property('code', 'entity.no-etag');
    const upserting = tables.unitOfWork();
    const unread = order(BEN);
    await upserting.repository(Order).upsert(unread);
    expect(() => upserting.require(unread))
      .to.throw()
      .with.property('code', 'entity.no-etag');
    const inserting = tables.unitOfWork();
    const made = order({ orderId: 'new' });
    inserting.insert(made);
    inserting.require(made);
    expect(shown(inserting)).to.deep.equal(['insert new']);
  });

  it('A requirement outlasts a rejected commit and is dropped by discard()', async () => {
    const { tables, orders } = await doctors();
    const unit = tables.unitOfWork();
    unit.require((await unit.get(Order, BEN))!);
    const taken = order(ADA);
    unit.insert(taken);
    expect(await rejection(unit.commit())).to.have.property('code', 'store.already-exists');
    unit.delete(taken);
    expect(shown(unit)).to.deep.equal(['merge ben (required)']);
    unit.discard();
    expect(shown(unit)).to.deep.equal([]);
    expect(await orders.scan().count()).to.equal(2);
  });

  it('A requirement does not prove a commit with a lost answer written', async () => {
    const { store, tableName } = await open();
    const faulty = faultyStore(store);
    const tables = await DataSource.open(faulty.store, { tableName });
    const others = (await DataSource.open(store, { tableName })).repository(Order);
    await others.insertMany([order(ADA), order(BEN)]);
    const unit = tables.unitOfWork();
    const [ada, ben] = await unit.repository(Order).getMany([ADA, BEN]);
    unit.require(ben!);
    ada!.total = 77;
    faulty.faults.push('lost-before');
    await rejection(unit.commit());
    await others.merge(BEN, { items: 9 });
    await others.merge(ADA, { total: 1 });
    const { code, details } = (await rejection(unit.commit())) as EntitableError<'commit.partial'>;
    expect([code, details.unknown.length]).to.deep.equal(['commit.partial', 2]);
    await tables.close();
  });
});
