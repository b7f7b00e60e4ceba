import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { recordingStore, requestNames } from '../../src/testing/recording-store.js';
import { TableFixture } from '../../src/testing/conformance/table-fixture.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { OrderLine } from './order-line.js';

onEveryStore('Describing a table', (open) => {
  it('A description contains the properties of rows with their types, sizes and missing values', async () => {
    const { tables, store, tableName } = await open();
    const table = tableName('Mixed');
    await store.createTable(table);
    const fixture = TableFixture.open(store, table);
    await fixture.write('insert', 'p1', 'r1', {
      mixed: 'Int32 5',
      name: 'String ab',
      big: 'Int64 5',
      x: 'Binary 0aff',
    });
    await fixture.write('insert', 'p1', 'r2', {
      mixed: 'Double 3.0',
      name: 'String ñandú',
      g: 'Guid c9da6455-213d-42c9-9a79-3e9149a57833',
    });
    await fixture.write('insert', 'p2', 'r1', {
      mixed: 'String ',
      name: 'String a',
      b: 'Boolean true',
      t: 'DateTime 2026-01-01T00:00:00.1234567Z',
    });
    expect(await tables.tables.describe(table)).to.deep.equal({
      table,
      rows: 3,
      complete: true,
      partitions: 2,
      properties: [
        { name: 'b', types: { Boolean: 1 }, missing: 2, bytes: { least: 1, most: 1 } },
        { name: 'big', types: { Int64: 1 }, missing: 2, bytes: { least: 8, most: 8 } },
        { name: 'g', types: { Guid: 1 }, missing: 2, bytes: { least: 16, most: 16 } },
        { name: 'mixed', types: { Double: 1, Int32: 1, String: 1 }, missing: 0, bytes: { least: 0, most: 8 } },
        { name: 'name', types: { String: 3 }, missing: 0, bytes: { least: 2, most: 10 } },
        { name: 't', types: { DateTime: 1 }, missing: 2, bytes: { least: 8, most: 8 } },
        { name: 'x', types: { Binary: 1 }, missing: 2, bytes: { least: 2, most: 2 } },
      ],
    });
    const { rows, complete, partitions, properties } = await tables.tables.describe(table, { sample: 2 });
    expect({ rows, complete, partitions, names: properties.map(({ name }) => name) }).to.deep.equal({
      rows: 2,
      complete: false,
      partitions: 1,
      names: ['big', 'g', 'mixed', 'name', 'x'],
    });
  });

  it('A description reads no more rows than its sample, and knows whether the table has others', async () => {
    const { store, tableName } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const tables = await DataSource.open(recorded, { tableName });
    const table = tableName('Many');
    await store.createTable(table);
    const fixture = TableFixture.open(store, table);
    for (let batch = 0; batch < 11; batch++) {
      await fixture.submit(
        ...Array.from({ length: 100 }, (_, index) => fixture.prepare('insert', `p${batch}`, `r${index}`)),
      );
    }
    const seen = [];
    for (const sample of [undefined, 100, 1100, 5000]) {
      requests.length = 0;
      const { properties: _, table: name, ...told } = await tables.tables.describe(table, { sample });
      seen.push({ ...told, requests: requestNames(requests).length });
      expect(name).to.equal(table);
    }
    expect(seen).to.deep.equal([
      { rows: 1000, complete: false, partitions: 10, requests: 1 },
      { rows: 100, complete: false, partitions: 1, requests: 1 },
      { rows: 1100, complete: true, partitions: 11, requests: 1 },
      { rows: 1100, complete: true, partitions: 11, requests: 1 },
    ]);
  });

  it('A description of a class reads only the rows that the class can have', async () => {
    const { tables, store, tableName } = await open();
    await store.createTable(tableName('Orders'));
    const fixture = TableFixture.open(store, tableName('Orders'));
    await fixture.write('insert', 'p1', 'order', { total: 'Double 1.0' });
    await fixture.write('insert', 'p1', 'line|1', { text: 'String a' });
    expect(await tables.tables.describe(OrderLine)).to.deep.equal({
      table: tableName('Orders'),
      rows: 1,
      complete: true,
      partitions: 1,
      properties: [{ name: 'text', types: { String: 1 }, missing: 0, bytes: { least: 2, most: 2 } }],
    });
  });

  it('A description distinguishes an empty table from a missing one', async () => {
    const { tables, tableName } = await open();
    const table = tableName('Empty');
    await tables.tables.create(table);
    expect(await tables.tables.describe(table)).to.deep.equal({
      table,
      rows: 0,
      complete: true,
      partitions: 0,
      properties: [],
    });
    const error = await rejection(tables.tables.describe(tableName('Nowhere')));
    expect(error).to.have.property('code', 'store.table-not-found');
  });

  it('A description with an invalid sample is rejected before a request is sent', async () => {
    const { store } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const { tables } = await DataSource.open(recorded);
    for (const sample of [0, 1.5, 'x']) {
      const error = await rejection(tables.describe('Mixed', { sample: sample as number }));
      expect(error).to.have.property('code', 'validation.invalid-option');
    }
    expect(requests).to.deep.equal([]);
  });
});
