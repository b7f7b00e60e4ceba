import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { order, Order, Setting } from '../support/models.js';
import { recordingStore, requestNames } from '../../src/testing/recording-store.js';

const KEY = { customerId: 'c1', orderId: 'o1' } as const;

onEveryStore('Tables that are created on demand', (open) => {
  it('A read of a missing table finds nothing and creates nothing', async () => {
    const { tables, tableName } = await open();
    const orders = tables.repository(Order);
    expect(await orders.get(KEY)).to.equal(undefined);
    expect(await orders.getMany([KEY])).to.deep.equal([undefined]);
    expect(await orders.exists(KEY)).to.equal(false);
    expect(await orders.query({ customerId: 'c1' }).toArray()).to.deep.equal([]);
    expect(await orders.scan().first()).to.equal(undefined);
    expect(await orders.scan().count()).to.equal(0);
    expect(await tables.tables.exists(tableName('Orders'))).to.equal(false);
  });

  it('A write to a missing table creates it and is sent once more; later writes are sent once', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const orders = (await DataSource.open(recorded, { tableName })).repository(Order);
    await orders.insert(order());
    await orders.insert(order({ orderId: 'o2' }));
    expect(requestNames(requests)).to.deep.equal(['insert', 'createTable', 'insert', 'insert']);
  });

  it('Many writers that find a table missing at once all succeed and create it by one request', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const orders = (await DataSource.open(recorded, { tableName })).repository(Order);
    await Promise.all(Array.from({ length: 10 }, (_, index) => orders.insert(order({ orderId: `o${index}` }))));
    expect(await orders.scan().count()).to.equal(10);
    expect(requestNames(requests).filter((request) => request === 'createTable').length)
      .to.be.at.least(1)
      .and.at.most(2);
  });

  it('A change or deletion in a missing table throws store.not-found', async () => {
    const { tables } = await open();
    const orders = tables.repository(Order);
    expect(await rejection(orders.merge(KEY, { total: 1 }))).to.have.property('code', 'store.not-found');
    expect(await orders.delete(KEY, { missing: 'ignore' })).to.equal(false);
  });

  it("Reads and writes of a missing table throw store.table-not-found with ensureTables: 'never'", async () => {
    const { tables } = await open({ ensureTables: 'never' });
    const orders = tables.repository(Order);
    for (const refused of [
      () => orders.get(KEY),
      () => orders.insert(order()),
      () => orders.query({ customerId: 'c1' }).toArray(),
      () => orders.delete(KEY, { missing: 'ignore' }),
    ]) {
      expect(await rejection(refused())).to.have.property('code', 'store.table-not-found');
    }
  });
});

onEveryStore('Table names', (open) => {
  it('Table names are mapped by tableName for every class', async () => {
    const { tables, store, tableName } = await open();
    await tables.repository(Order).insert(order());
    await tables.repository(Setting).insert({ scope: 's', name: 'n' });
    const { rows: names } = await store.tables({});
    expect(names).to.include.members([tableName('Orders'), tableName('Settings')]);
  });

  it('withTables returns a data source on the same connection with other table names, such as a tenant’s', async () => {
    const { tables, tableName } = await open();
    const acme = tables.withTables((name) => tableName(`Acme${name}`));
    await acme.repository(Order).insert(order());
    expect(await tables.repository(Order).exists(KEY)).to.equal(false);
    expect(await acme.repository(Order).exists(KEY)).to.equal(true);
    expect(await tables.tables.exists(tableName('AcmeOrders'))).to.equal(true);
  });

  it('Invalid table names returned by tableName are refused before anything is sent', async () => {
    const { tables } = await open({ tableName: (name) => `dev-${name}` });
    expect(() => tables.repository(Order)).to.throw(
      'tableName made no table name of "Orders": a table name is 3 to 63 letters and digits',
    );
  });
});

onEveryStore('The administration of tables', (open, name) => {
  it('The administration creates, finds, lists and deletes tables, and reports whether it did', async () => {
    const { tables, tableName } = await open();
    const admin = tables.tables;
    const [first, second] = [tableName('Aaa'), tableName('Aab')];
    await admin.create(first);
    expect(await admin.createIfMissing(first)).to.equal(false);
    expect(await admin.createIfMissing(second)).to.equal(true);
    expect(await rejection(admin.create(second))).to.have.property('code', 'store.table-exists');
    expect([await admin.exists(first), await admin.exists(tableName('Aac'))]).to.deep.equal([true, false]);
    const listed: string[] = [];
    for await (const table of admin.list({ prefix: 'Aa' })) if (table.endsWith(tableName(''))) listed.push(table);
    expect(listed).to.deep.equal([first, second]);
    expect([await admin.delete(first), await admin.delete(first)]).to.deep.equal([true, false]);
    expect(await admin.exists(first)).to.equal(false);
  });

  if (name !== 'azurite') {
    it('The administration finds a table whatever the case of its name, except in the emulator (source: documentation)', async () => {
      const { tables, tableName } = await open();
      await tables.tables.create(tableName('Orders'));
      expect(await tables.tables.exists(tableName('ORDERS'))).to.equal(true);
    });
  }

  for (const table of ['ab', 'a-b', '1ab', 'tables', '']) {
    it(`The administration refuses the table name ${JSON.stringify(table)} before anything is sent`, async () => {
      const { tables } = await open();
      expect(await rejection(tables.tables.create(table))).to.have.property('code', 'validation.invalid-option');
    });
  }
});

onEveryStore('An invalid time limit', (open) => {
  for (const [timeout, retry] of [
    [-1, false],
    [-1, {}],
    [Number.NaN, {}],
    ['5' as never, {}],
  ] as const) {
    it(`An invalid time limit is refused by every operation, with ${retry ? '' : 'no '}retries: ${typeof timeout} ${timeout}`, async () => {
      const { tables, tableName } = await open(retry ? { retry } : {});
      const orders = tables.repository(Order);
      for (const refused of [
        () => orders.get(KEY, { timeout }),
        () => orders.insert(order(), { timeout }),
        () => orders.scan().toArray({ timeout }),
        () => tables.tables.exists(tableName('Orders'), { timeout }),
        () => tables.tables.create(tableName('Orders'), { timeout }),
        () => tables.tables.delete(tableName('Orders'), { timeout }),
        () => tables.ready({ timeout }),
      ]) {
        expect(await rejection(refused())).to.have.property('code', 'validation.invalid-option');
      }
    });
  }
});
