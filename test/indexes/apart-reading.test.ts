import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { Entity, index, PartitionKey, Property, RowKey } from '../../src/index.js';
import type { Repository } from '../../src/repository/repository.js';
import { recordingStore, requestNames, type RecordedRequest } from '../../src/testing/recording-store.js';
import { onEveryStore, type Open } from '../support/every-store.js';

const lowerCase = { toStored: (text: string) => text.toLowerCase() };
const monthOf = { toStored: (date: Date) => date.toISOString().slice(0, 7) };

/** A class with indexes in tables of their own. */
@Entity({ table: 'People' })
class Person {
  static readonly byMail = index({ partition: [['mail', lowerCase]], unique: true });
  static readonly byCity = index({ partition: ['country'], on: ['city'], project: ['name'] });
  static readonly byMonth = index({ partition: [['at', monthOf]], on: ['city'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) mail?: string | undefined;
  @Property({ type: 'String' }) country?: string | undefined;
  @Property({ type: 'String' }) city?: string | undefined;
  @Property({ type: 'String' }) name?: string | undefined;
  @Property({ type: 'DateTime' }) at?: Date | undefined;
}

interface Stage {
  readonly people: Repository<Person>;
  readonly requests: RecordedRequest[];
}

const AT = new Date('2026-11-21T09:30:00Z');

function person(tenant: string, id: string, city: string): Person {
  const values = { tenant, id, mail: `${id}@X.org`, country: 'fr', city, name: `N ${id}`, at: AT };
  return Object.assign(new Person(), values);
}

const fourPeople = (): readonly Person[] => [
  person('t', 'p 1', 'Nantes'),
  person('u', 'p~2', 'Lyon'),
  person('t', 'p3', 'Aix en Provence'),
  person('u', 'p4', 'Aix'),
];

async function staged(open: Open): Promise<Stage> {
  const { store, tableName } = await open();
  const { store: recorded, requests } = recordingStore(store);
  const people = (await DataSource.open(recorded, { tableName })).repository(Person);
  for (const one of fourPeople()) await people.insert(one);
  requests.length = 0;
  return { people, requests };
}

onEveryStore('reading by an index with partitions of its own', (open) => {
  it('finds entities of all partitions, in the order of the index', async () => {
    const { people, requests } = await staged(open);
    const french = people.by(Person.byCity, { country: 'fr' });
    expect((await french.toArray()).map((one) => ({ ...one }))).to.deep.equal(
      [3, 2, 1, 0].map((at) => ({ ...fourPeople()[at] })),
    );
    expect(requestNames(requests)).to.deep.equal(['scan', 'get', 'get', 'get', 'get']);
    const [aix] = await people.by(Person.byCity, { country: 'fr', city: 'Aix' }).toArray();
    expect(aix!.id).to.equal('p4');
    expect(await people.by(Person.byCity, { country: 'de' }).toArray()).to.deep.equal([]);
    const from = french.where('city', 'ge', 'B').where('name', 'startsWith', 'N p');
    expect((await from.toArray()).map(({ id }) => id)).to.deep.equal(['p~2', 'p 1']);
  });

  it('finds entities of several of its partitions, and sorts over all of them', async () => {
    const { people, requests } = await staged(open);
    await people.insert(Object.assign(person('t', 'p5', 'Basel'), { country: 'ch' }));
    requests.length = 0;
    const both = people.by(Person.byCity, [{ country: 'fr' }, { country: 'ch' }, { country: 'fr' }, { country: 'de' }]);
    const names = both.select('id', 'country', 'city');
    expect(await names.toArray()).to.deep.equal([
      { id: 'p5', country: 'ch', city: 'Basel' },
      { id: 'p4', country: 'fr', city: 'Aix' },
      { id: 'p3', country: 'fr', city: 'Aix en Provence' },
      { id: 'p~2', country: 'fr', city: 'Lyon' },
      { id: 'p 1', country: 'fr', city: 'Nantes' },
    ]);
    expect(requestNames(requests)).to.deep.equal(['scan', 'scan', 'scan']);
    expect((await names.orderBy('city').toArray()).map(({ id }) => id)).to.deep.equal(['p4', 'p3', 'p5', 'p~2', 'p 1']);
    const found: string[] = [];
    for (let token: string | undefined; ;) {
      const page = await both.page({ pageSize: 2, continuation: token });
      found.push(...page.items.map(({ id }) => id));
      if ((token = page.continuation) === undefined) break;
    }
    expect(found).to.deep.equal(['p5', 'p4', 'p3', 'p~2', 'p 1']);
    expect(await both.count()).to.equal(5);
    expect(await people.by(Person.byCity, []).toArray()).to.deep.equal([]);
    expect(await both.where('city', 'startsWith', 'A').delete()).to.include({ changed: 2 });
    expect(await both.count()).to.equal(3);
  });

  it('selects what the entries hold, the keys of the entities among it', async () => {
    const { people, requests } = await staged(open);
    const found = await people.by(Person.byCity, { country: 'fr' }).select('tenant', 'id', 'city', 'country').toArray();
    expect(found).to.deep.equal([
      { tenant: 'u', id: 'p4', city: 'Aix', country: 'fr' },
      { tenant: 't', id: 'p3', city: 'Aix en Provence', country: 'fr' },
      { tenant: 'u', id: 'p~2', city: 'Lyon', country: 'fr' },
      { tenant: 't', id: 'p 1', city: 'Nantes', country: 'fr' },
    ]);
    expect(requestNames(requests)).to.deep.equal(['scan']);
  });

  it('finds the entity of a unique value in two requests, whatever its partition', async () => {
    const { people, requests } = await staged(open);
    expect({ ...(await people.getBy(Person.byMail, { mail: 'p~2@x.ORG' })) }).to.deep.equal({ ...fourPeople()[1] });
    expect(requestNames(requests)).to.deep.equal(['get', 'get']);
    expect(await people.by(Person.byMail, { mail: 'P3@x.org' }).select('id', 'mail').toArray()).to.deep.equal([
      { id: 'p3', mail: 'p3@X.org' },
    ]);
    expect(await people.getBy(Person.byMail, { mail: 'nobody' })).to.equal(undefined);
  });

  it('finds entities by texts that cannot be turned back into values', async () => {
    const { people } = await staged(open);
    const november = people.by(Person.byMonth, { at: new Date('2026-11-01T00:00:00Z'), city: 'Lyon' });
    expect((await november.toArray()).map(({ id }) => id)).to.deep.equal(['p~2']);
    expect(await people.by(Person.byMonth, { at: AT }).where('city', 'lt', 'B').count()).to.equal(2);
    expect(() => november.where('at', 'eq', AT)).to.throw(
      'The entries of the index byMonth of Person do not hold "at", whose text cannot be turned back into its value',
    );
  });

  it('counts the entities, because entries can be older than they are', async () => {
    const { people, requests } = await staged(open);
    expect(await people.by(Person.byCity, { country: 'fr' }).count()).to.equal(4);
    expect(requestNames(requests)).to.deep.equal(['scan', 'get', 'get', 'get', 'get']);
    expect(await people.by(Person.byMail, { mail: 'p3@x.org' }).exists()).to.equal(true);
  });

  it('writes by filter, across the partitions of the entities', async () => {
    const { people } = await staged(open);
    const french = people.by(Person.byCity, { country: 'fr' });
    expect(await french.where('city', 'startsWith', 'Aix').merge({ city: 'Zurich', country: 'ch' })).to.deep.equal({
      changed: 2,
      skipped: 0,
      failed: [],
    });
    expect(await french.select('id').toArray()).to.deep.equal([{ id: 'p~2' }, { id: 'p 1' }]);
    expect((await people.by(Person.byCity, { country: 'ch' }).toArray()).map(({ id }) => id)).to.deep.equal([
      'p3',
      'p4',
    ]);
    expect(await french.delete()).to.deep.equal({ changed: 2, skipped: 0, failed: [] });
    expect(await people.scan().count()).to.equal(2);
    expect(await people.getBy(Person.byMail, { mail: 'p 1@x.org' })).to.equal(undefined);
  });
});
