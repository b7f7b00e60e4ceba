import { expect } from 'chai';
import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { Repository } from '../../src/repository/repository.js';

const THROWN = new Error('hunter2');

function fail(): never {
  throw THROWN;
}

@Entity({ table: 'Parcels' })
class Parcel {
  @PartitionKey() depot!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) text?: string | undefined;
  @ETag() etag?: string | undefined;
}

/** A class whose own setter refuses a value that its own getter cannot return. */
@Entity({ table: 'Parcels' })
class Strict {
  @PartitionKey() depot!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' })
  get text(): string {
    return fail();
  }
  set text(_: string) {
    fail();
  }
}

@Entity({ table: 'Parcels' })
class Defaulted {
  @PartitionKey() depot!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String', default: fail }) text?: string;
}

const KEY = { depot: 'd', id: '1' };

/** Makes an object with a getter that throws. */
function withGetter(name: string, given: object = KEY): never {
  return Object.defineProperty({ ...given }, name, { get: fail, enumerable: true, configurable: true }) as never;
}

const hostileParcel = (): Parcel =>
  Object.defineProperty(Object.assign(new Parcel(), KEY), 'text', { get: fail, enumerable: true });
const strict = (): Strict => Object.assign(new Strict(), KEY);

function revoked(): never {
  const { proxy, revoke } = Proxy.revocable({ ...KEY }, {});
  revoke();
  return proxy as never;
}

type Attempt = (parcels: Repository<Parcel>, tables: DataSource) => unknown;

/** The visible parts of an error: nothing that was thrown is shown, but all of it can be read. */
interface Told {
  readonly code: string;
  readonly shown: object;
  readonly error: unknown;
  readonly cause: unknown;
}

async function told(attempt: Attempt): Promise<Told | string> {
  const tables = await DataSource.open('memory:');
  const parcels = tables.repository(Parcel);
  await parcels.insert(Object.assign(new Parcel(), KEY, { text: 'stored' }));
  try {
    await attempt(parcels, tables);
    return 'no error';
  } catch (error) {
    if (!EntitableError.is(error)) return `raw: ${String(error)}`;
    const { error: thrown, ...shown } = error.details as { readonly error?: unknown };
    return { code: error.code, shown: { ...shown }, error: thrown, cause: error.cause };
  } finally {
    await tables.close();
  }
}

const ofParcel = (property?: string, className = 'Parcel'): Told => ({
  code: 'entity.getter-failed',
  shown: property === undefined ? { className } : { className, property },
  error: THROWN,
  cause: undefined,
});
const ofOption = (option: string): Told => ({
  code: 'validation.invalid-option',
  shown: { option, expected: 'what does not throw', found: 'what throws' },
  error: THROWN,
  cause: undefined,
});

const ATTEMPTS: Readonly<Record<string, readonly [Attempt, Told]>> = {
  'insert of an entity': [(parcels) => parcels.insert(hostileParcel()), ofParcel('text')],
  'insert of an entity of a class with such a getter': [
    (_, tables) => tables.repository(Strict).insert(strict()),
    ofParcel('text', 'Strict'),
  ],
  'upsert of an entity': [(parcels) => parcels.upsert(hostileParcel()), ofParcel('text')],
  'save of an entity that was read': [
    async (parcels) => {
      const parcel = await parcels.getOrThrow(KEY);
      Object.defineProperty(parcel, 'text', { get: fail });
      await parcels.save(parcel);
    },
    ofParcel('text'),
  ],
  'replace under an ETag that throws': [(parcels) => parcels.replace(withGetter('etag')), ofParcel('etag')],
  'delete by a key': [(parcels) => parcels.delete(withGetter('id')), ofParcel()],
  'get by a key': [(parcels) => parcels.get(withGetter('id')), ofParcel()],
  'query of a partition': [(parcels) => parcels.query(withGetter('depot', {})).toArray(), ofParcel()],
  'merge of a patch': [(parcels) => parcels.merge(KEY, withGetter('text', {})), ofParcel()],
  'merge of the matches of a query': [
    (parcels) => parcels.query({ depot: 'd' }).merge(withGetter('text', {})),
    ofParcel(),
  ],
  'create of values': [(parcels) => parcels.create(withGetter('text')), ofParcel()],
  'create of an entity whose setter throws': [
    (_, tables) => tables.repository(Strict).create({ ...KEY, text: 'a' }),
    ofParcel(undefined, 'Strict'),
  ],
  'assign of a patch': [
    async (parcels) => parcels.assign(await parcels.getOrThrow(KEY), withGetter('text', {})),
    ofParcel(),
  ],
  'a commit of an entity': [
    async (_, tables) =>
      tables.unitOfWork((unit) => unit.insert(Object.defineProperty(hostileParcel(), 'id', { value: '2' }))),
    ofParcel('text'),
  ],
  'a merge in a unit of work': [
    (_, tables) => tables.unitOfWork((unit) => unit.repository(Parcel).merge(KEY, withGetter('text', {}))),
    ofParcel(),
  ],
  'a filter of values': [
    (parcels) => parcels.scan().where(withGetter('text', {})).toArray(),
    {
      code: 'query.invalid-filter',
      shown: { reason: 'a getter of the object of values threw, or the object is a proxy that did' },
      error: THROWN,
      cause: undefined,
    },
  ],
  'the options of a verb': [(parcels) => parcels.get(KEY, withGetter('timeout', {})), ofOption('options')],
  'the options of a query': [(parcels) => parcels.scan().toArray(withGetter('signal', {})), ofOption('options')],
  'the options of a commit': [(_, tables) => tables.unitOfWork().commit(withGetter('atomic', {})), ofOption('options')],
  'a default': [
    (_, tables) => tables.repository(Defaulted).insert(Object.assign(new Defaulted(), { depot: 'd', id: '2' })),
    ofOption('default'),
  ],
  'a function that names tables': [
    (_, tables) => tables.withTables(fail).repository(Parcel).get(KEY),
    {
      code: 'validation.invalid-option',
      shown: { option: 'tableName', expected: 'a table name', found: 'what throws' },
      error: undefined,
      cause: THROWN,
    },
  ],
};

describe('An object whose own code throws', () => {
  for (const [title, [attempt, expected]] of Object.entries(ATTEMPTS)) {
    it(`An object whose own code throws is refused with ${expected.code}: ${title}`, async () => {
      expect(await told(attempt)).to.deep.equal(expected);
    });
  }

  it('A revoked proxy is refused', async () => {
    const codes = await Promise.all(
      [
        (parcels: Repository<Parcel>) => parcels.insert(revoked()),
        (parcels: Repository<Parcel>) => parcels.get(revoked()),
        (parcels: Repository<Parcel>) => parcels.create(revoked()),
        (parcels: Repository<Parcel>) => parcels.scan().where(revoked()).toArray(),
        (parcels: Repository<Parcel>) => parcels.get(KEY, revoked()),
      ].map(async (attempt) => {
        const error = await told(attempt);
        return typeof error === 'string' ? error : error.code;
      }),
    );
    expect(codes).to.deep.equal([
      'entity.not-an-object',
      'entity.not-an-object',
      'entity.not-an-object',
      'query.invalid-filter',
      'validation.invalid-option',
    ]);
  });

  it('An error that a callback throws is passed on unchanged', async () => {
    const raw = `raw: ${String(THROWN)}`;
    expect(await told((_, tables) => tables.run(fail))).to.equal(raw);
    expect(await told((_, tables) => tables.unitOfWork(fail))).to.equal(raw);
    expect(await told((parcels) => parcels.modify(KEY, fail))).to.equal(raw);
    expect(await told((parcels) => parcels.scan().where(fail).toArray())).to.equal(raw);
    expect(await told((parcels) => parcels.scan().filterOnClient(fail).toArray())).to.equal(raw);
  });

  it('An object whose own code throws causes no write', async () => {
    const tables = await DataSource.open('memory:');
    const parcels = tables.repository(Parcel);
    const items = [Object.assign(new Parcel(), { depot: 'd', id: '0' }), hostileParcel()];
    const result = await parcels.insertMany(items, { onError: 'collect' });
    expect(
      result.failed.map(({ index, error }) => [index, EntitableError.is(error, 'entity.getter-failed')]),
    ).to.deep.equal([[1, true]]);
    expect((await parcels.scan().toArray()).map(({ id }) => id)).to.deep.equal(['0']);
    await tables.close();
  });
});
