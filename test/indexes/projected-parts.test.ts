import { expect } from 'chai';
import { DataSource, defineEntity, index, type PartitionKey, type RowKey } from '../../src/index.js';
import { recordingStore, requestNames } from '../../src/testing/recording-store.js';
import { onEveryStore } from '../support/every-store.js';

const lowerCase = { toStored: (name: string) => name.toLowerCase() };

/** A class whose index is sorted by a text that cannot be turned back, and holds the values themselves, too. */
class Person {
  static readonly byName = index({ on: [['name', lowerCase], 'plan', 'age'], project: ['name', 'age'] });
  tenant!: PartitionKey;
  id!: RowKey;
  name?: string;
  plan?: string;
  age?: number;
}

defineEntity(Person, {
  table: 'People',
  rowKey: '{id}',
  properties: { tenant: 'PartitionKey', id: 'RowKey', name: 'String', plan: 'String', age: 'Int32' },
});

onEveryStore('An index that holds the properties it is sorted by', (open) => {
  it('reads them from its entries, and tests a later one without those before it', async () => {
    const { store, tableName } = await open();
    const recording = recordingStore(store);
    const db = await DataSource.open(recording.store, { tableName });
    const people = db.repository(Person);
    const person = (id: string, name: string, age: number) =>
      Object.assign(new Person(), { tenant: 't', id, name, plan: 'paid', age });
    await people.insertMany([person('1', 'Ann', 30), person('2', 'ANN', 40), person('3', 'Bob', 40)]);
    recording.requests.length = 0;
    const anns = people.by(Person.byName, { tenant: 't', name: 'ann' });
    expect(await anns.select('name', 'age').toArray()).to.deep.equal([
      { name: 'Ann', age: 30 },
      { name: 'ANN', age: 40 },
    ]);
    const forty = people.by(Person.byName, { tenant: 't' }).where('age', 'eq', 40);
    expect(await forty.select('id', 'name').toArray()).to.deep.equal([
      { id: '2', name: 'ANN' },
      { id: '3', name: 'Bob' },
    ]);
    expect(requestNames(recording.requests)).to.deep.equal(['scan', 'scan']);
    expect((await forty.toArray()).map(({ id }) => id)).to.deep.equal(['2', '3']);
    const found = (await people.get({ tenant: 't', id: '1' }))!;
    found.name = 'ann';
    await people.save(found);
    expect(await anns.select('name').toArray()).to.deep.equal([{ name: 'ann' }, { name: 'ANN' }]);
  });
});
