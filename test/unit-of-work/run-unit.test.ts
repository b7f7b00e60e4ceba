import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { IsEmail, ValidatorConstraint, Validate, type ValidatorConstraintInterface } from 'class-validator';
import { Entity, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { faultyStore } from '../support/faulty-store.js';
import { order, Order } from '../support/models.js';

const KEY = { customerId: 'c1', orderId: 'o1' } as const;

onEveryStore('tables.unitOfWork(work)', (open) => {
  it('commits at the end, and gives what the work gives', async () => {
    const { tables } = await open();
    expect(await tables.unitOfWork((work) => (work.insert(order()), 'done'))).to.equal('done');
    expect(await tables.repository(Order).exists(KEY)).to.equal(true);
  });

  it('discards when the work throws', async () => {
    const { tables } = await open();
    let unit: UnitOfWork | undefined;
    const problem = new Error('no');
    const thrown = await rejection(
      tables.unitOfWork((work) => {
        unit = work;
        work.insert(order());
        throw problem;
      }),
    );
    expect(thrown).to.equal(problem);
    expect(unit!.plan()).to.deep.equal([]);
    expect(await tables.repository(Order).exists(KEY)).to.equal(false);
  });

  it('runs again with maxRetries until every one of many rivals counted', async () => {
    const { tables } = await open();
    await tables.repository(Order).insert(order({ items: 0 }));
    const increment = (): Promise<void> =>
      tables.unitOfWork(
        async (work) => {
          const counter = (await work.get(Order, KEY))!;
          counter.items++;
        },
        { maxRetries: 50 },
      );
    await Promise.all(Array.from({ length: 10 }, increment));
    expect(await tables.repository(Order).getOrThrow(KEY)).to.have.property('items', 10);
  });

  it('never runs again when the answer was lost, and is atomic with maxRetries', async () => {
    const { store, tableName } = await open();
    const faulty = faultyStore(store);
    const tables = await DataSource.open(faulty.store, { tableName });
    let runs = 0;
    faulty.faults.push('lost-before');
    const lost = tables.unitOfWork((work) => (runs++, work.insert(order())), { maxRetries: 5 });
    expect(await rejection(lost)).to.have.property('code', 'commit.partial');
    expect(runs).to.equal(1);
    const wide = tables.unitOfWork((work) => (work.insert(order()), work.insert(order({ customerId: 'c2' }))), {
      maxRetries: 5,
    });
    expect(await rejection(wide)).to.have.property('code', 'commit.not-atomic');
  });
});

onEveryStore('tables.run(work)', (open) => {
  it('lets repositories that exist already join its unit, however deep', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const service = { place: async () => (await wait(1), orders.insert(order())) };
    await tables.run(async (work) => {
      await service.place();
      expect(work.plan()).to.have.length(1);
      expect(await orders.get(KEY)).to.equal(await work.get(Order, KEY));
      expect(await orders.scan().count()).to.equal(0);
    });
    expect(await orders.scan().count()).to.equal(1);
  });

  it('keeps runs apart, and binds nothing outside them', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const run = (orderId: string): Promise<number> =>
      tables.run(async (work) => {
        await orders.insert(order({ orderId }));
        await wait(2);
        return work.plan()[0]!.writes.length;
      });
    const direct = orders.insert(order({ orderId: 'direct' })).then(({ etag }) => etag);
    expect(await Promise.all([run('a'), run('b')])).to.deep.equal([1, 1]);
    expect(await direct).to.be.a('string');
    expect((await orders.insert(order({ orderId: 'after' }))).etag).to.be.a('string');
    expect(await orders.scan().count()).to.equal(4);
  });

  it('lets what outlives it write at once', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    let later: Promise<Order> | undefined;
    await tables.run(() => {
      later = wait(5).then(() => orders.insert(order()));
    });
    expect((await later!).etag).to.be.a('string');
  });

  it('does not bind other data sources', async () => {
    const { tables, tableName } = await open();
    const tenant = tables.withTables((name) => `${tableName(name)}X`).repository(Order);
    await tables.run(async () => {
      expect((await tenant.insert(order())).etag).to.be.a('string');
    });
  });
});

let committing: (() => Promise<unknown>) | undefined;

@ValidatorConstraint({ async: true })
class Commits implements ValidatorConstraintInterface {
  async validate(): Promise<boolean> {
    await wait(1);
    await committing?.();
    return true;
  }
}

@Entity({ table: 'Guarded' })
class Guarded {
  @PartitionKey() p!: PartitionKey;
  @RowKey() r!: RowKey;
  @Property({ type: 'String' }) @IsEmail() email!: string;
  @Property({ type: 'String' }) @Validate(Commits) note = 'n';
}

onEveryStore('Validation in a unit of work', (open) => {
  const guarded = (email: string): Guarded => Object.assign(new Guarded(), { p: 'p', r: 'r', email });

  it('comes before anything is sent; the unit stays as it is', async () => {
    const { tables } = await open();
    committing = undefined;
    const work = tables.unitOfWork();
    const entity = guarded('nobody');
    work.insert(entity);
    expect(await rejection(work.commit())).to.have.property('code', 'validation.failed');
    entity.email = 'a@b.cd';
    await work.commit();
    await work.repository(Guarded).merge({ p: 'p', r: 'r' }, { email: 'nobody' });
    expect(await rejection(work.commit())).to.have.property('code', 'validation.failed');
  });

  it('may not commit: commit.in-progress, and no deadlock', async () => {
    const { tables } = await open();
    const work = tables.unitOfWork();
    work.insert(guarded('a@b.cd'));
    const inner: unknown[] = [];
    committing = async () => inner.push(await rejection(work.commit()));
    await Promise.all([work.commit(), work.commit()]);
    expect(inner.map((error) => (error as { code: string }).code)).to.deep.equal(['commit.in-progress']);
    expect(await tables.repository(Guarded).exists({ p: 'p', r: 'r' })).to.equal(true);
  });
});
