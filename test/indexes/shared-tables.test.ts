import { expect } from 'chai';
import { DataSource, defineEntity, EntitableError, index, type PartitionKey, type RowKey } from '../../src/index.js';

function person(className: string, spec: Parameters<typeof index>[0], rowKey = 'p|{id}'): new () => { id: string } {
  const named = {
    [className]: class {
      static readonly byName = index(spec);
      tenant!: PartitionKey;
      id!: RowKey;
      name?: string;
    },
  };
  const made = named[className]!;
  const properties = { tenant: 'PartitionKey', id: 'RowKey', name: 'String' } as const;
  defineEntity(made as never, { table: 'People', rowKey, properties } as never);
  return made;
}

describe('Classes with indexes that share a table', () => {
  let db: DataSource;

  beforeEach(async () => {
    db = await DataSource.open('memory:');
  });

  afterEach(() => db.close());

  function problemOf(entityClass: new () => object): string {
    try {
      db.repository(entityClass);
    } catch (error) {
      if (EntitableError.is(error, 'metadata.invalid-index')) return error.details.problems[0]!.message;
      throw error;
    }
    return 'none';
  }

  it('are refused if two indexes would have the same keys in the same table', () => {
    db.repository(person('Person', { on: ['name'] }));
    expect(problemOf(person('Member', { on: ['name'] }))).to.equal(
      'the index byName and the index byName of Person would be stored under the same keys of the table People: give one of them another name, index({ name })',
    );
  });

  it('are refused if two indexes with partitions of their own would have the same table', () => {
    db.repository(person('Person', { partition: ['name'] }));
    expect(problemOf(person('Member', { partition: ['name'], on: [] }, 'm|{id}'))).to.equal(
      'the index byName and the index byName of Person would be stored under the same keys of the table PeopleByName: give one of them another table, index({ table })',
    );
  });

  it('are accepted if their row keys or the names of the indexes differ', () => {
    db.repository(person('Person', { on: ['name'] }));
    expect(problemOf(person('Guest', { on: ['name'] }, 'g|{id}'))).to.equal('none');
    expect(problemOf(person('Member', { on: ['name'], name: 'byMemberName' }))).to.equal('none');
  });

  it('are accepted if a class inherits the index of another one', () => {
    const base = person('Person', { on: ['name'] });
    db.repository(base);
    class Admin extends base {}
    defineEntity(Admin as never, { table: 'People', rowKey: 'p|{id}', properties: {} } as never);
    expect(problemOf(Admin)).to.equal('none');
  });
});
