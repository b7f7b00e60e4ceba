import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { Repository, type Session } from '../../src/repository/repository.js';
import type { UnitOfWorkOptions } from '../../src/repository/session.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { faultyStore } from '../support/faulty-store.js';
import { order, Order, Setting } from '../support/models.js';

const KEY = { customerId: 'c1', orderId: 'o1' } as const;

/** A custom repository with a transaction of its own. */
class Orders extends Repository.of(Order) {
  /** Inserts orders, and throws `problem` at the end if it is given. */
  place(orderIds: readonly string[], options?: UnitOfWorkOptions, problem?: Error): Promise<number> {
    return this.transaction(async (unit) => {
      for (const orderId of orderIds) unit.insert(order({ orderId }));
      await Promise.resolve();
      if (problem !== undefined) throw problem;
      return orderIds.length;
    }, options);
  }

  /** Reads and changes with its own methods, which join the transaction. */
  increment(maxRetries: number, meanwhile: () => unknown): Promise<void> {
    return this.transaction(
      async () => {
        (await this.getOrThrow(KEY)).items++;
        await meanwhile();
      },
      { maxRetries },
    );
  }
}

/** A custom repository with a dependency, which works in the unit it is created in. */
class Shelf extends Repository.of(Setting) {
  constructor(
    session: Session,
    readonly scope: string,
  ) {
    super(session);
  }

  put(name: string, value: string): Promise<Setting> {
    return this.upsert(this.create({ scope: this.scope, name, value }));
  }
}

/** A custom repository that uses other repositories in its transaction. */
class Shop extends Repository.of(Order) {
  ship(): Promise<readonly (Order | undefined)[]> {
    return this.transaction(
      async (unit) => {
        const found = await unit.repository(Order).getOrThrow(KEY);
        found.status = 'shipped';
        await unit.repository(Shelf, 'shipped').put('last', found.orderId);
        const [queried] = await unit.query(Order, { customerId: 'c1' }).toArray();
        return [found, await unit.get(Order, KEY), queried, unit.track(found)];
      },
      { atomic: false },
    );
  }
}

async function ids(tables: DataSource): Promise<string[]> {
  return (await tables.repository(Order).scan().toArray()).map(({ orderId }) => orderId);
}

onEveryStore('A nested run()', (open) => {
  it('A nested run() joins the outer unit, and both are committed together or not at all', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const audit = (): Promise<string> =>
      tables.run(async (unit) => {
        await orders.insert(order({ orderId: 'audit' }));
        expect(unit.plan()[0]!.writes).to.have.length(2);
        return 'done';
      });
    const refused = tables.run(async () => {
      await orders.insert(order());
      expect(await audit()).to.equal('done');
      throw new Error('refused');
    });
    expect(await rejection(refused)).to.have.property('message', 'refused');
    expect(await ids(tables)).to.deep.equal([]);
    let outer: UnitOfWork | undefined;
    await tables.run(async (unit) => {
      outer = unit;
      await orders.insert(order());
      await audit();
      await tables.run((inner) => void expect(inner).to.equal(outer));
      expect(await ids(tables)).to.deep.equal([]);
    });
    expect(await ids(tables)).to.deep.equal(['audit', 'o1']);
  });

  it("A nested run() with { nested: 'separate' } has a unit of its own, and the outer unit applies again afterwards", async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const refused = tables.run(async (outer) => {
      await tables.run(() => orders.insert(order({ orderId: 'audit' })), { nested: 'separate' });
      await orders.insert(order());
      expect(outer.plan()[0]!.writes).to.have.length(1);
      throw new Error('refused');
    });
    expect(await rejection(refused)).to.have.property('message', 'refused');
    expect(await ids(tables)).to.deep.equal(['audit']);
    const misspelt = tables.run(() => 1, { nested: 'new' as 'join' });
    expect(await rejection(misspelt)).to.have.property('code', 'validation.invalid-option');
  });

  it('A nested run() that throws prevents the outer commit, even if the error is caught', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const problem = new Error('the audit failed');
    const failing = (): Promise<unknown> =>
      tables.run(async () => {
        await orders.insert(order({ orderId: 'half' }));
        throw problem;
      });
    const caught = tables.run(async () => {
      await orders.insert(order());
      await failing().catch(() => undefined);
    });
    const error = await rejection(caught);
    expect(error).to.include({ code: 'commit.inner-failed', cause: problem });
    expect(await rejection(tables.run(failing))).to.equal(problem);
    expect(await ids(tables)).to.deep.equal([]);
    await tables.run(async (outer) => {
      await failing().catch(() => undefined);
      outer.discard();
      await orders.insert(order());
    });
    expect(await ids(tables)).to.deep.equal(['o1']);
  });

  it('A nested run() that fails in a unit of its own does not affect the outer unit', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await tables.run(async () => {
      await orders.insert(order());
      const failing = tables.run(() => Promise.reject(new Error('no')), { nested: 'separate' });
      expect(await rejection(failing)).to.have.property('message', 'no');
    });
    expect(await ids(tables)).to.deep.equal(['o1']);
  });

  it('A nested run() with `atomic` or `maxRetries` makes the outer commit atomic', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    for (const options of [{ atomic: true }, { maxRetries: 0 }]) {
      const wide = tables.run(async () => {
        await orders.insert(order());
        await tables.run(() => orders.insert(order({ customerId: 'c2' })), options);
      });
      expect(await rejection(wide)).to.have.property('code', 'commit.not-atomic');
    }
    const misspelt = tables.run(() => tables.run(() => 1, { maxRetries: -1 }));
    expect(await rejection(misspelt)).to.have.property('code', 'validation.invalid-option');
    expect(await ids(tables)).to.deep.equal([]);
  });

  it('A nested run() is repeated together with the outer work', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    await orders.insert(order({ items: 0 }));
    let runs = 0;
    await tables.run(
      () =>
        tables.run(async () => {
          (await orders.getOrThrow(KEY)).items++;
          if (++runs === 1) await tables.unitOfWork(async (rival) => void (await rival.get(Order, KEY))!.total++);
        }),
      { maxRetries: 3 },
    );
    expect([runs, (await orders.getOrThrow(KEY)).items]).to.deep.equal([2, 1]);
  });

  it('A nested run() of a data source made by withTables() joins the outer unit and keeps its own tables', async () => {
    const { tables, tableName } = await open();
    const orders = tables.repository(Order);
    const tenant = tables.withTables((name) => `${tableName(name)}X`);
    const refused = tables.run(async () => {
      await tenant.repository(Order).insert(order());
      throw new Error('refused');
    });
    expect(await rejection(refused)).to.have.property('message', 'refused');
    expect(await tenant.repository(Order).exists(KEY)).to.equal(false);
    await tables.run(async (unit) => {
      await orders.insert(order({ total: 1 }));
      await tenant.run(async (inner) => {
        inner.insert(order({ total: 2 }));
        expect((await inner.get(Order, KEY))!.total).to.equal(2);
        expect((await tenant.repository(Order).getOrThrow(KEY)).total).to.equal(2);
      });
      expect((await orders.getOrThrow(KEY)).total).to.equal(1);
      expect(unit.plan().map(({ table }) => table)).to.deep.equal([tableName('Orders'), `${tableName('Orders')}X`]);
    });
    expect((await orders.getOrThrow(KEY)).total).to.equal(1);
    expect((await tenant.repository(Order).getOrThrow(KEY)).total).to.equal(2);
  });

  it('unitOfWork(work) inside run() has a unit of its own', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    const refused = tables.run(async () => {
      await tables.unitOfWork(async (own) => {
        own.insert(order({ orderId: 'own' }));
        await orders.insert(order()); // a shared repository is in the outer unit
        expect(own.plan()[0]!.writes).to.have.length(1);
      });
      throw new Error('refused');
    });
    expect(await rejection(refused)).to.have.property('message', 'refused');
    expect(await ids(tables)).to.deep.equal(['own']);
  });
});

onEveryStore('The transaction() of a custom repository', (open) => {
  it('transaction() outside a unit begins one and commits it atomically', async () => {
    const { tables, store, tableName } = await open();
    const orders = tables.repository(Orders);
    expect(await orders.place(['o1', 'o2'])).to.equal(2);
    const problem = new Error('no');
    expect(await rejection(orders.place(['o3'], {}, problem))).to.equal(problem);
    expect(await rejection(orders.place(['o4', 'o1']))).to.have.property('code', 'store.already-exists');
    expect(await ids(tables)).to.deep.equal(['o1', 'o2']);
    const many = Array.from({ length: 101 }, (_, index) => `m${index}`);
    expect(await rejection(orders.place(many))).to.have.property('code', 'commit.not-atomic');
    const faulty = faultyStore(store);
    const others = await DataSource.open(faulty.store, { tableName });
    await others.repository(Orders).place(many, { atomic: false });
    expect(faulty.submitted.map(({ length }) => length)).to.deep.equal([100, 1]);
  });

  it('transaction() joins the run() or the unit that its repository is in', async () => {
    const { tables } = await open();
    const orders = tables.repository(Orders);
    await tables.run(async (unit) => {
      await orders.place(['o1']);
      expect(unit.plan()[0]!.writes).to.have.length(1);
    });
    const unit = tables.unitOfWork();
    await unit.repository(Orders).place(['o2']);
    expect(await ids(tables)).to.deep.equal(['o1']);
    await unit.commit();
    expect(await ids(tables)).to.deep.equal(['o1', 'o2']);
    const problem = new Error('no');
    expect(await rejection(unit.repository(Orders).place(['o3'], {}, problem))).to.equal(problem);
    expect(await rejection(unit.commit())).to.have.property('code', 'commit.inner-failed');
    unit.discard();
    await unit.commit();
    expect(await ids(tables)).to.deep.equal(['o1', 'o2']);
  });

  it('transaction() makes the commit of the unit that it joins atomic, unless `atomic` is false', async () => {
    const { tables } = await open();
    const wide = (options?: UnitOfWorkOptions): Promise<unknown> =>
      tables.run(async (unit) => {
        unit.insert(order({ customerId: 'c2' }));
        await tables.repository(Orders).place(['o1'], options);
      });
    expect(await rejection(wide())).to.have.property('code', 'commit.not-atomic');
    await wide({ atomic: false });
    expect(await ids(tables)).to.deep.equal(['o1', 'o1']);
  });

  it('transaction() provides other repositories, custom ones included, in the same unit', async () => {
    const { tables } = await open();
    await tables.repository(Order).insert(order());
    const last = { scope: 'shipped', name: 'last' };
    await tables.run(async (outer) => {
      const same = await tables.repository(Shop).ship();
      expect(new Set(same).size).to.equal(1);
      expect(outer.plan().map(({ writes }) => writes.map(({ mode }) => mode))).to.deep.equal([
        ['merge'],
        ['upsert-merge'],
      ]);
      expect(await tables.unitOfWork().repository(Setting).get(last)).to.equal(undefined);
    });
    expect((await tables.repository(Order).getOrThrow(KEY)).status).to.equal('shipped');
    expect((await tables.repository(Setting).getOrThrow(last)).value).to.equal('o1');
    await tables.repository(Shop).ship();
    await tables.unitOfWork((unit) => unit.repository(Shop).ship());
  });

  it('The methods of a repository join its own transaction(), which runs again after a lost race', async () => {
    const { tables, store, tableName } = await open();
    const others = (await DataSource.open(store, { tableName })).repository(Order);
    await others.insert(order({ items: 0 }));
    let runs = 0;
    await tables.repository(Orders).increment(3, () => (++runs === 1 ? others.merge(KEY, { total: 1 }) : undefined));
    expect(runs).to.equal(2);
    expect(await others.getOrThrow(KEY)).to.include({ items: 1, total: 1 });
    const losing = tables.repository(Orders).increment(1, () => others.merge(KEY, { total: ++runs }));
    const error = await rejection(losing);
    expect(EntitableError.is(error, 'store.precondition-failed') && error.details.lostRace).to.equal(true);
  });
});
