import { expect } from 'chai';
import {
  DataSource,
  defineEntity,
  Entity,
  index,
  newestFirst,
  PartitionKey,
  Property,
  RowKey,
  type Converter,
  type Repository,
} from '../../src/index.js';
import { onEveryStore } from '../support/every-store.js';
import { findings } from './users.js';

const AT_REST = { missing: [], surplus: [] };

/** Stores the day of a date, and not its time. */
const day: Converter<Date, 'String'> = {
  type: 'String',
  toStored: (date) => date.toISOString().slice(0, 10),
  fromStored: (text) => new Date(`${text}T00:00:00Z`),
};

@Entity({ table: 'Visits', rowKey: 'visit|{id}' })
class Visit {
  static readonly byDay = index({ on: [['on', newestFirst]], unique: true });
  static readonly byCode = index({ on: ['code'], unique: true, project: ['at', 'photo'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ converter: day }) on?: Date | undefined;
  @Property({ type: 'String' }) code?: string | undefined;
  @Property({ type: 'DateTime' }) at?: Date | undefined;
  @Property({ type: 'Binary' }) photo?: Uint8Array | undefined;
}

const visit = (id: string, values: Partial<Visit> = {}): Visit =>
  Object.assign(new Visit(), { tenant: 't', id, ...values });

const keyOf = (id: string) => ({ tenant: 't', id });

onEveryStore('The entries of an entity', (open) => {
  let db: DataSource;
  let visits: Repository<Visit>;
  let tableName: (name: string) => string;

  beforeEach(async () => {
    const opened = await open();
    ({ tables: db, tableName } = opened);
    visits = db.repository(Visit);
    await db.tables.ensure([Visit]);
  });

  /** Declares a test after which the entries must be as the entities are. */
  function keeps(title: string, test: () => Promise<void>): void {
    it(title, async () => {
      await test();
      expect(await findings(db, Visit, tableName)).to.deep.equal(AT_REST);
    });
  }

  keeps('have what a converter stores, although the entity has more', async () => {
    await visits.insert(visit('1', { on: new Date('2026-01-01T13:00:00Z') }));
    const refused = await visits
      .insert(visit('2', { on: new Date('2026-01-01T15:00:00Z') }))
      .catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'entity.not-unique');
    await db.unitOfWork(async (unit) => {
      await unit.repository(Visit).insert(visit('3', { on: new Date('2026-01-03T15:00:00Z') }));
    });
    const loaded = await visits.getOrThrow(keyOf('1'));
    loaded.on = new Date('2026-01-02T15:00:00Z');
    await visits.save(loaded);
    await visits.delete(loaded);
  });

  keeps('have the value that the row has, although a getter gives another each time', async () => {
    let calls = 0;
    const changing = Object.defineProperty(visit('1'), 'code', {
      enumerable: true,
      get: () => `code ${calls++}`,
    });
    await visits.insert(changing);
    await visits.upsert(changing);
    await visits.replace(changing, { etag: '*' });
    await visits.upsertMany([changing]);
  });
});

onEveryStore('A write that reads its row first', (open) => {
  let visits: Repository<Visit>;

  beforeEach(async () => {
    const { tables } = await open();
    visits = tables.repository(Visit);
    for (const id of ['1', '2', '3'])
      await visits.insert(visit(id, { code: id, at: new Date(1), photo: Uint8Array.of(1) }));
  });

  type Verb = (entity: Visit) => Promise<unknown>;

  const verbs: Readonly<Record<string, Verb>> = {
    upsert: (entity) => visits.upsert(entity),
    'upsert with mode merge': (entity) => visits.upsert(entity, { mode: 'merge' }),
    'replace over any ETag': (entity) => visits.replace(entity, { etag: '*' }),
    upsertMany: (entity) => visits.upsertMany([entity]),
    merge: ({ tenant, id, code, at, photo }) => visits.merge({ tenant, id }, { code: code!, at: at!, photo: photo! }),
  };

  for (const [name, write] of Object.entries(verbs)) {
    it(`stores the values that the entity had when ${name} was called`, async () => {
      const reused = visit('');
      const [at, photo] = [new Date(0), Uint8Array.of(0)];
      const writes: Promise<unknown>[] = [];
      for (const number of [1, 2, 3]) {
        at.setTime(number * 1000);
        photo[0] = number * 10;
        Object.assign(reused, { id: String(number), code: `code ${number}`, at, photo });
        writes.push(write(reused));
      }
      at.setTime(99);
      photo[0] = 99;
      reused.code = 'later';
      await Promise.all(writes);
      const stored = await visits.query({ tenant: 't' }).toArray();
      expect(
        stored.map(({ id, code, at: time, photo: bytes }) => [id, code, time!.getTime(), bytes![0]]),
      ).to.deep.equal([
        ['1', 'code 1', 1000, 10],
        ['2', 'code 2', 2000, 20],
        ['3', 'code 3', 3000, 30],
      ]);
    });
  }

  it('stores the values that a loaded entity had when save was called', async () => {
    const loaded = await visits.getOrThrow(keyOf('1'));
    Object.assign(loaded, { code: 'new', at: new Date(7000), photo: Uint8Array.of(70) });
    const saving = visits.save(loaded);
    loaded.at!.setTime(99);
    loaded.photo![0] = 99;
    loaded.code = 'later';
    await saving;
    const { code, at, photo } = await visits.getOrThrow(keyOf('1'));
    expect([code, at!.getTime(), photo![0]]).to.deep.equal(['new', 7000, 70]);
  });
});

describe('An index of a property that is called like a member of all objects', () => {
  it('finds by it only if the key has a value of it', async () => {
    class Odd {
      tenant!: PartitionKey;
      id!: RowKey;
    }
    const byName = index({ on: ['constructor'] });
    defineEntity(Odd, {
      table: 'Odd',
      rowKey: 'odd|{id}',
      properties: { tenant: 'PartitionKey', id: 'RowKey', constructor: 'String' } as never,
      indexes: { byName } as never,
    });
    await using db = await DataSource.open('memory:');
    const odds = db.repository(Odd);
    await odds.insert(Object.assign(new Odd(), { tenant: 't', id: '1', constructor: 'a' }) as never);
    const found = odds.by(byName as never, { tenant: 't' } as never);
    expect((await found.toArray()).map(({ id }) => id)).to.deep.equal(['1']);
  });
});

describe('A converter that fails after entities were stored', () => {
  let toStored: (text: string) => string;
  let fromStored: (text: string) => string;

  class Note {
    static readonly byCode = index({ on: ['code'] });
    tenant!: PartitionKey;
    id!: RowKey;
    code?: string;
  }

  const fragile: Converter<string, 'String'> = {
    type: 'String',
    toStored: (text) => toStored(text),
    fromStored: (text) => fromStored(text),
  };

  defineEntity(Note, {
    table: 'Notes',
    rowKey: 'note|{id}',
    properties: { tenant: 'PartitionKey', id: 'RowKey', code: { converter: fragile } },
  });

  beforeEach(() => {
    toStored = fromStored = String;
  });

  async function withNote(): Promise<DataSource> {
    const db = await DataSource.open('memory:');
    await db.repository(Note).insert(Object.assign(new Note(), { ...keyOf('1'), code: 'a' }));
    return db;
  }

  it('because it returns no string counts as one that refuses the value', async () => {
    await using db = await withNote();
    toStored = () => 5 as unknown as string;
    const { entities, refused } = await db.tables.indexes(Note).verify();
    expect({ entities, refused }).to.deep.equal({ entities: 1, refused: 1 });
    await db.repository(Note).delete(keyOf('1'));
  });

  it('because it cannot read what it stores writes the row without an entry', async () => {
    await using db = await withNote();
    const notes = db.repository(Note);
    fromStored = () => {
      throw new Error('unreadable');
    };
    await notes.merge(keyOf('1'), { code: 'b' });
    const { missing } = await db.tables.indexes(Note).verify();
    expect(missing).to.equal(0);
    fromStored = String;
    expect((await notes.getOrThrow(keyOf('1'))).code).to.equal('b');
  });
});
