import { expect } from 'chai';
import {
  DataSource,
  defineEntity,
  Entity,
  EntitableError,
  index,
  metadataOf,
  PartitionKey,
  Property,
  RowKey,
  type DataSourceOptions,
  type EntityClass,
} from '../../src/index.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { findings, User } from './users.js';

const AT_REST = { missing: [], surplus: [] };

/** A class with a number of indexes of one property each, and an entity of it. */
function wideClass(count: number): new () => Wide {
  class Indexed extends Wide {}
  const names = Array.from({ length: count }, (_, at) => `p${at}`);
  defineEntity(Indexed, {
    table: 'Wide',
    rowKey: 'w|{id}',
    properties: {
      tenant: 'PartitionKey',
      id: 'RowKey',
      ...Object.fromEntries(names.map((name) => [name, 'Int32' as const])),
    },
    indexes: Object.fromEntries(names.map((name) => [`by${name}`, index({ on: [name], unique: true })])),
  });
  return Indexed;
}

class Wide {
  [name: `p${number}`]: number;
  tenant!: PartitionKey;
  id!: RowKey;
}

/** An entity whose entries hold most of it. */
@Entity({ table: 'Texts', rowKey: 'text|{id}' })
class Text {
  static readonly byA = index({ on: ['a'], project: ['one', 'two'] });
  static readonly byB = index({ on: ['b'], project: ['one', 'two'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) a?: string | undefined;
  @Property({ type: 'String' }) b?: string | undefined;
  @Property({ type: 'String' }) one?: string | undefined;
  @Property({ type: 'String' }) two?: string | undefined;
}

function user(id: string, email: string): User {
  return Object.assign(new User(), { tenant: 't', id, email, score: 1 });
}

function text(id: string, length = 1): Text {
  return Object.assign(new Text(), {
    tenant: 't',
    id,
    a: 'a',
    b: 'b',
    one: 'x'.repeat(length),
    two: 'y'.repeat(length),
  });
}

async function opened(options: DataSourceOptions = {}) {
  const db = await DataSource.open(memoryStore(), options);
  const expectAtRest = async (entityClass: EntityClass) =>
    expect(await findings(db, entityClass)).to.deep.equal(AT_REST);
  return { db, expectAtRest };
}

onEveryStore('A class with 49 indexes', (open) => {
  it('writes an entity and all changes of its entries in one transaction', async () => {
    const { tables: db, tableName } = await open();
    const Widest = wideClass(49);
    const all = (from: number) => Object.fromEntries(Array.from({ length: 49 }, (_, at) => [`p${at}`, from + at]));
    const make = (id: string, from: number) => Object.assign(new Widest(), { tenant: 't', id, ...all(from) });
    const wide = db.repository(Widest);
    const entity = await wide.insert(make('1', 0));
    await wide.save(Object.assign(entity, all(1)));
    await wide.upsertMany([make('1', 2), make('2', 100), make('3', 200)]);
    const taken = await rejection(wide.insert(Object.assign(make('4', 300), { p48: 248 })));
    expect(taken).to.include({ code: 'entity.not-unique' }).and.have.nested.property('details.index', 'byp48');
    await db.unitOfWork(async (unit) => {
      const [two, three] = await unit.repository(Widest).getMany([
        { tenant: 't', id: '2' },
        { tenant: 't', id: '3' },
      ]);
      Object.assign(two!, { p0: 200 });
      Object.assign(three!, { p0: 100 });
    });
    expect(await findings(db, Widest, tableName)).to.deep.equal(AT_REST);
    await wide.deleteMany(['1', '2'].map((id) => ({ tenant: 't', id })));
    expect(await findings(db, Widest, tableName)).to.deep.equal(AT_REST);
  });
});

describe('The limits of a class with indexes', () => {
  it('refuse more than 49 indexes', () => {
    expect(() => metadataOf(wideClass(50)))
      .to.throw(EntitableError)
      .with.property('code', 'metadata.invalid-index');
  });

  it('refuse a change of more rows than a transaction of the store has, and write nothing of it', async () => {
    const { db, expectAtRest } = await opened({ limits: { transactionWrites: 4 } });
    const users = db.repository(User);
    const entity = await users.insert(user('1', 'a@x'));
    Object.assign(entity, { email: 'b@x', score: 2 });
    const refused = { code: 'commit.not-atomic', details: { reason: 'writes', found: 5, limit: 4, className: 'User' } };
    const expectRefused = async (write: Promise<unknown>) => {
      const { code, details } = (await rejection(write)) as EntitableError;
      expect({ code, details: { ...details } }).to.deep.equal(refused);
      await expectAtRest(User);
    };
    await expectRefused(users.save(entity));
    await expectRefused(users.replace(entity));
    await expectRefused(users.merge(entity, { email: 'b@x', score: 2 }));
    await expectRefused(users.upsert(entity));
    await expectRefused(db.unitOfWork((unit) => unit.repository(User).save(entity)));
    const report = await users.query({ tenant: 't' }).merge({ email: 'b@x', score: 2 });
    expect(report.failed.map(({ error }) => error.code)).to.deep.equal(['commit.not-atomic']);
    const bulk = await users.upsertMany([entity, user('2', 'b@x')], { onError: 'collect' });
    expect({ written: bulk.written, failed: bulk.failed.map(({ item }) => item) }).to.deep.equal({
      written: 1,
      failed: [entity],
    });
    await expectAtRest(User);
  });

  it('refuse a group with more bytes than a transaction has, and write the other items of a bulk write', async () => {
    const { db, expectAtRest } = await opened({ limits: { transactionBytes: 150_000 } });
    const texts = db.repository(Text);
    const { written, failed } = await texts.insertMany(
      [text('1'), text('2', 30_000), text('3', 10_000), text('4', 10_000)],
      {
        onError: 'collect',
      },
    );
    expect({
      written,
      failed: failed.map(({ index: at, error }) => [at, (error as EntitableError).code]),
    }).to.deep.equal({
      written: 3,
      failed: [[1, 'commit.not-atomic']],
    });
    await expectAtRest(Text);
    const unit = db.unitOfWork();
    unit.insert(text('5', 30_000));
    expect(await rejection(unit.commit())).to.include({ code: 'commit.not-atomic' });
    const report = await texts.query({ tenant: 't' }).merge({ one: 'x'.repeat(30_000), two: 'y'.repeat(30_000) });
    expect({ changed: report.changed, failed: report.failed.length }).to.deep.equal({ changed: 0, failed: 3 });
    await expectAtRest(Text);
  });

  for (const [limits, size] of [
    ['storage', 512],
    ['cosmos', 255],
  ] as const) {
    it(`refuse an entry whose row key is longer than that of the store (${limits}), and take the longest one`, async () => {
      const { db, expectAtRest } = await opened({ limits });
      const users = db.repository(User);
      const longest = 'x'.repeat(size - '~iuser|~byEmail '.length);
      const entity = await users.insert(user('1', longest));
      expect(await rejection(users.insert(user('2', `${longest}x`)))).to.include({ code: 'key.too-long' });
      expect(await rejection(users.save(Object.assign(entity, { email: `${longest}x` })))).to.include({
        code: 'key.too-long',
      });
      expect(await rejection(users.merge(entity, { email: `${longest}x` }))).to.include({ code: 'key.too-long' });
      expect(await users.getBy(User.byEmail, { tenant: 't', email: longest })).to.deep.include({ id: '1' });
      await users.save(Object.assign(entity, { email: 'a@x' }));
      const { written, failed } = await users.insertMany([user('3', `${longest}x`), user('4', longest)], {
        onError: 'collect',
      });
      expect({ written, failed: failed.length }).to.deep.equal({ written: 1, failed: 1 });
      await expectAtRest(User);
    });
  }
});
