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

onEveryStore('DataSource.unitOfWork(work)', (open) => {
  it('unitOfWork(work) commits at the end and returns the result of the work', async () => {
    const { tables } = await open();
    expect(await tables.unitOfWork((work) => (work.insert(order()), 'done'))).to.equal('done');
    expect(await tables.repository(Order).exists(KEY)).to.equal(true);
  });

  it('unitOfWork(work) discards the unit if the work throws', async () => {
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

  it('unitOfWork(work) with `maxRetries` runs again until each of many concurrent increments has counted', async () => {
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

  it('unitOfWork(work) runs again after a lost race on a row that it has read, or looked for and not found, in any way', async () => {
    const { tables } = await open();
    const others = tables.repository(Order);
    const other = { customerId: 'c1', orderId: 'o2' };
    const work: Readonly<Record<string, (unit: UnitOfWork) => Promise<unknown>>> = {
      'get gave nothing': async (unit) => (await unit.get(Order, KEY)) ?? unit.insert(order()),
      'exists gave false': async (unit) => (await unit.repository(Order).exists(KEY)) || unit.insert(order()),
      'a query gave nothing': async (unit) =>
        (await unit.query(Order, { customerId: 'c1' }).toArray()).length > 0 || unit.insert(order()),
      'a count was 0': async (unit) =>
        (await unit.query(Order, { customerId: 'c1' }).count()) > 0 || unit.insert(order()),
      'a query by key gave nothing': async (unit) =>
        (await unit.query(Order, { customerId: 'c1' }).where('orderId', 'eq', 'o1').first()) ?? unit.insert(order()),
      'it read the row that is gone': async (unit) => {
        if (await unit.repository(Order).exists(other)) await unit.repository(Order).merge(other, { total: 5 });
      },
    };
    for (const [name, once] of Object.entries(work)) {
      await others.scan().delete();
      await others.insert(order({ ...other, customerId: name.startsWith('it read') ? 'c1' : 'c2' }));
      let runs = 0;
      await tables.unitOfWork(
        async (unit) => {
          await once(unit);
          if (++runs > 1) return;
          if (name.startsWith('it read')) await others.delete(other);
          else await others.insert(order());
        },
        { maxRetries: 5 },
      );
      expect(runs, name).to.equal(2);
    }
  });

  it('unitOfWork(work) throws at once if a retry cannot help: a taken key it never looked for, or an ETag from elsewhere', async () => {
    const { tables } = await open();
    const others = tables.repository(Order);
    const stored = await others.insert(order());
    const detached = await others.getOrThrow(KEY);
    await others.merge(KEY, { items: 7 });
    const work: readonly (readonly [code: string, (unit: UnitOfWork) => unknown])[] = [
      ['store.already-exists', (unit) => unit.insert(order())],
      // A query with a filter does not show which other rows exist, and neither does one of another partition.
      [
        'store.already-exists',
        async (unit) => {
          await unit.query(Order, { customerId: 'c1' }).where('total', 'gt', 1e6).toArray();
          await unit.query(Order, { customerId: 'c2' }).toArray();
          unit.insert(order());
        },
      ],
      ['store.precondition-failed', (unit) => unit.repository(Order).merge(KEY, { total: 1 }, { etag: stored.etag })],
      [
        'store.precondition-failed',
        async (unit) =>
          (await unit.get(Order, KEY)) && unit.repository(Order).merge(KEY, { total: 1 }, { etag: stored.etag }),
      ],
      ['store.precondition-failed', (unit) => unit.track(Object.assign(detached, { total: 3 }))],
      ['store.not-found', (unit) => unit.repository(Order).merge({ ...KEY, orderId: 'none' }, { total: 1 })],
    ];
    for (const [code, once] of work) {
      let runs = 0;
      const refused = tables.unitOfWork(async (unit) => (runs++, void (await once(unit))), { maxRetries: 5 });
      expect(await rejection(refused)).to.have.property('code', code);
      expect(runs).to.equal(1);
    }
  });

  it('unitOfWork(work) knows from an ordered query which keys before its last row were missing', async () => {
    const { tables } = await open();
    const others = tables.repository(Order);
    await others.insertMany(['o5', 'o6'].map((orderId) => order({ orderId })));
    const runs: string[] = [];
    const insert = (orderId: string): Promise<void> =>
      tables.unitOfWork(
        async (unit) => {
          const first = await unit.query(Order, { customerId: 'c1' }).pageSize(1).take(1).first();
          runs.push(first!.orderId);
          if (runs.length === 1) await others.insert(order({ orderId }));
          if (first!.orderId !== orderId) unit.insert(order({ orderId }));
        },
        { maxRetries: 5 },
      );
    await insert('o4');
    expect(runs.splice(0)).to.deep.equal(['o5', 'o4']);
    expect(await rejection(insert('o7'))).to.have.property('code', 'store.already-exists');
    expect(runs).to.deep.equal(['o4']);
  });

  it('unitOfWork(work) does not run work again that has committed something itself', async () => {
    const { tables } = await open();
    const others = tables.repository(Order);
    await others.insert(order({ items: 0 }));
    let runs = 0;
    const refused = tables.unitOfWork(
      async (unit) => {
        runs++;
        (await unit.get(Order, KEY))!.items++;
        await unit.commit();
        (await unit.get(Order, KEY))!.total++;
        await others.merge(KEY, { email: 'a@b.c' });
      },
      { maxRetries: 5 },
    );
    expect(await rejection(refused)).to.have.property('code', 'store.precondition-failed');
    expect([runs, (await others.getOrThrow(KEY)).items]).to.deep.equal([1, 1]);
  });

  it('retry() repeats unitOfWork(work) after a lost race on any row', async () => {
    const { tables } = await open();
    const others = tables.repository(Order);
    let runs = 0;
    await tables.retry(() =>
      tables.unitOfWork(async (unit) => {
        const found = await unit.get(Order, KEY);
        if (found === undefined) unit.insert(order());
        else found.items++;
        if (++runs === 1) await others.insert(order({ items: 5 }));
        if (runs === 2) await others.merge(KEY, { total: 1 });
      }),
    );
    expect([runs, (await others.getOrThrow(KEY)).items]).to.deep.equal([3, 6]);
    runs = 0;
    const taken = tables.retry(() => tables.unitOfWork((unit) => (runs++, unit.insert(order()))));
    expect(await rejection(taken)).to.have.property('code', 'store.already-exists');
    expect(runs).to.equal(1);
  });

  it('unitOfWork(work) with `maxRetries` never runs again after a lost answer, and commits atomically', async () => {
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

onEveryStore('DataSource.run(work)', (open) => {
  it('run(work) makes existing repositories join its unit, also in nested calls', async () => {
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

  it('run(work) keeps concurrent runs apart and does not affect code outside them', async () => {
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

  it('Work that outlives run(work) writes at once', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    let later: Promise<Order> | undefined;
    await tables.run(() => {
      later = wait(5).then(() => orders.insert(order()));
    });
    expect((await later!).etag).to.be.a('string');
  });

  it('run(work) does not affect data sources on other connections', async () => {
    const { tables, store, tableName } = await open();
    const other = await DataSource.open(store, { tableName });
    await tables.run(async () => {
      expect((await other.repository(Order).insert(order())).etag).to.be.a('string');
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

  it('A commit validates entities before anything is sent, and the unit keeps the invalid ones', async () => {
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

  it('A validator that calls commit() gets `commit.in-progress` instead of a deadlock', async () => {
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
