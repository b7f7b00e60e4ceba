import { expect } from 'chai';
import fc from 'fast-check';
import type { DataSource } from '../../src/data-source/data-source.js';
import { EDM_TYPES, type EdmType } from '../../src/edm/edm-type.js';
import { Guid } from '../../src/edm/guid.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { defineEntity } from '../../src/metadata/define-entity.js';
import { onEveryStore } from '../support/every-store.js';

/** One table with a class for each type that its property can be declared as. */
class Declared {
  partition!: string;
  row!: string;
  x?: unknown;
}

const CLASSES = Object.fromEntries(EDM_TYPES.map((type) => [type, declaredAs(type)])) as Readonly<
  Record<EdmType, typeof Declared>
>;

function declaredAs(type: EdmType): typeof Declared {
  const named = { Declared: class extends Declared {} };
  const properties = { partition: 'PartitionKey', row: 'RowKey', x: type } as const;
  defineEntity(named.Declared, { table: 'Types', properties } as never);
  return named.Declared;
}

const TEXTS = [
  '',
  'hello!',
  '5',
  '-9223372036854775808',
  'AQID',
  'true',
  'NaN',
  '3.0',
  '2020-01-01T00:00:00.1234567Z',
  'é"\\',
];
const GUID = 'c9da6455-213d-42c9-9a79-3e9149a57833';

/** Values of every type, including some that look like values of another. */
const VALUES: Readonly<Record<EdmType, fc.Arbitrary<unknown>>> = {
  Binary: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array(Buffer.from('5')))),
  Boolean: fc.boolean(),
  DateTime: fc.date({ min: new Date('1601-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
  Double: fc.oneof(
    fc.constantFrom(0, 3, -1, 2 ** 31, 2 ** 53, 1e21, 5e-324, NaN, Infinity, -Infinity),
    fc.double().filter((value) => !Object.is(value, -0)), // Azurite stores it as 0
  ),
  Guid: fc.oneof(fc.uuid(), fc.constant(GUID)).map((text) => Guid.parse(text)),
  Int32: fc.integer(),
  Int64: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -9n, max: 9n })),
  String: fc.oneof(fc.constantFrom(...TEXTS, GUID, GUID.toUpperCase()), fc.string({ maxLength: 20 })),
};

const STORED = fc.constantFrom(...EDM_TYPES).chain((type) => VALUES[type].map((value) => ({ type, value })));

/** Returns the outcome of a read: a value with its own type, or an error without the value. */
async function outcome(read: Promise<unknown>): Promise<unknown> {
  try {
    return comparable(await read);
  } catch (error) {
    if (!EntitableError.is(error)) throw error;
    return { code: error.code, message: error.message, details: { ...error.details } };
  }
}

function comparable(value: unknown): unknown {
  if (value instanceof Date) return ['Date', value.getTime()];
  if (value instanceof Uint8Array) return ['Uint8Array', ...value];
  return Guid.is(value) ? ['Guid', value.toString()] : [typeof value, value];
}

/** The expected outcome by stored and declared type. The first store sets it, and all others must agree. */
const ANSWERS = new Map<string, unknown>();

onEveryStore('A property stored as any type and declared as any other', (open) => {
  it('A property stored as any type and declared as any other is read alike by get, by a query and by select, on every store', async () => {
    const { tables } = await open();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(STORED, async ({ type, value }) => {
        const key = { partition: 'p', row: `r${++count}` };
        await tables.repository(CLASSES[type]).insert(Object.assign(new CLASSES[type](), { ...key, x: value }));
        for (const declared of EDM_TYPES) {
          const got = await outcome(readsOf(tables, declared, key).get());
          for (const [name, read] of Object.entries(readsOf(tables, declared, key)))
            expect(await outcome(read()), `${type} as ${declared}, by ${name}`).to.deep.equal(got);
          const at = `${count} ${declared}`;
          if (!ANSWERS.has(at)) ANSWERS.set(at, got);
          expect(got, `${type} as ${declared}`).to.deep.equal(ANSWERS.get(at));
        }
      }),
      { seed: 17, numRuns: 40, endOnFailure: true }, // the same rows for every store
    );
  });
});

function readsOf(tables: DataSource, declared: EdmType, { partition, row }: { partition: string; row: string }) {
  const rows = tables.repository(CLASSES[declared]);
  const range = rows
    .query({ partition } as never)
    .where('row', 'ge', row)
    .where('row', 'le', row);
  const x = ([found]: readonly unknown[]): unknown => (found as Declared).x;
  return {
    get: async () => (await rows.get({ partition, row } as never))?.x,
    query: async () => x(await range.toArray()),
    select: async () => x(await range.select('x').toArray()),
    'select by keys': async () =>
      x(
        await rows
          .query({ partition } as never)
          .where('row', 'eq', row)
          .select('x')
          .toArray(),
      ),
  };
}
