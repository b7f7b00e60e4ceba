import * as entitable from '../../src/index.js';
import {
  DataSource,
  decimal,
  Entity,
  EntitableError,
  enumOf,
  ETag,
  filter,
  Guid,
  json,
  not,
  oneOf,
  PartitionKey,
  Property,
  Repository,
  RowKey,
  ticks,
  Timestamp,
} from '../../src/index.js';
import { data, Note, type Subject } from './subject.js';

const GUID = 'c9da6455-213d-42c9-9a79-3e9149a57833';
const large = filter(Note, (n) => n.stars.gt(1));
const BY_THE_LIBRARY = 'the library makes them';

/** Returns a class without any metadata. */
function bareClass(): new () => object {
  return class Bare {};
}

/** Applies a decorator to a property, because decorators report wrong options only then. */
function decorate(name: string, result: unknown): void {
  const decorator = result as (target: unknown, property?: string) => void;
  if (name === 'Entity') decorator(bareClass());
  if (['PartitionKey', 'RowKey', 'Property'].includes(name)) decorator(bareClass().prototype, 'a');
}

/** The public functions of `import … from 'entitable'`. */
export const MAIN_FACE: readonly Subject[] = [
  {
    name: 'entitable',
    object: () => entitable,
    use: decorate,
    functions: {
      Entity: [{ table: 'Notes', partitionKey: '{a}', rowKey: '{b}', create: () => new Note() }],
      PartitionKey: [{ converter: json(), name: 'at', type: 'String' }],
      RowKey: [{ converter: json(), name: 'at', type: 'String' }],
      Property: [{ name: 'at', type: 'String', converter: json(), default: 5 }],
      ETag: [],
      Timestamp: [],
      Repository: ({ tables }) => [tables.unitOfWork(), Note],
      defineEntity: () => [
        bareClass(),
        { table: 'Bare', partitionKey: '{a}', rowKey: '{b}', properties: { a: 'PartitionKey', b: 'RowKey' } },
      ],
      httpResponseOf: [new Error('x')],
      makeEntity: [Note, data({ list: 'l', id: '1', text: 'text' })],
      metadataOf: [Note],
      decimal: [{ scale: 2 }],
      json: [],
      index: [data({ on: ['a'] })],
      ticks: [],
      ticksOfDate: [new Date(0)],
      dateOfTicks: [621_355_968_000_000_000n],
      enumOf: [data({ a: 'A', b: 'B' })],
      oneOf: ['a', 'b'],
      and: [large, large],
      or: [large, large],
      not: [large],
      filter: [Note, () => large],
      filterFromJSON: [Note, data({ property: 'stars', operator: 'gt', operands: [1] }), { properties: ['stars'] }],
    },
    others: {
      DataSource: 'DataSource.open makes them',
      UnitOfWork: BY_THE_LIBRARY,
      Guid: 'Guid.parse and Guid.random make them',
      EntitableError: BY_THE_LIBRARY,
    },
  },
  {
    name: 'the decorators that the functions return',
    object: () => ({
      Entity: Entity({ table: 'Notes' }),
      PartitionKey: PartitionKey(),
      RowKey: RowKey(),
      Property: Property(),
      ETag: ETag(),
      Timestamp: Timestamp(),
    }),
    functions: {
      Entity: () => [bareClass(), data({ kind: 'class', name: 'Bare', metadata: {} })],
      ...Object.fromEntries(
        ['PartitionKey', 'RowKey', 'Property', 'ETag', 'Timestamp'].map((name) => [
          name,
          () => [undefined, data({ kind: 'field', name: 'a', metadata: {}, static: false, private: false })],
        ]),
      ),
    },
  },
  {
    name: 'a decorated class to be filled',
    object: () => ({ Property: Property() }),
    functions: { Property: () => [data(bareClass().prototype as object), 'a'] },
  },
  { name: 'EntitableError', object: () => EntitableError, functions: { is: [new Error('x'), 'store.'] } },
  {
    name: 'Guid',
    object: () => Guid,
    functions: { is: [GUID], isText: [GUID], parse: [GUID], random: [] },
    others: { isClass: BY_THE_LIBRARY, ofDigits: BY_THE_LIBRARY },
  },
  {
    name: 'a Guid',
    object: () => Guid.parse(GUID),
    isInstance: true,
    functions: { equals: [Guid.random()], toString: [], toJSON: [] },
  },
  { name: 'Repository', object: () => Repository, functions: { of: [Note] } },
  {
    name: 'DataSource',
    object: () => DataSource,
    functions: {
      open: [
        'memory:',
        {
          ensureTables: 'lazy',
          tableName: (name: string) => name,
          limits: 'storage',
          validate: 'auto',
          maxQueryRequests: 10,
          continuationSecret: 'sixteen characters',
          clock: () => 0,
          durability: 'full',
          fileMode: 0o600,
          httpClient: undefined,
          retry: false,
          logger: undefined,
          metrics: undefined,
        },
      ],
    },
  },
  {
    name: 'a filter',
    object: () => large,
    isInstance: true,
    functions: { and: [large], or: [not(large)], toString: [], toJSON: [] },
  },
  ...converters(),
];

/** Returns every converter, including the kinds that functions create. */
function converters(): readonly Subject[] {
  const made = {
    decimal: decimal(),
    scaled: decimal({ scale: 2 }),
    json: json(),
    ticks: ticks(),
    enumOf: enumOf({ a: 1 }),
    oneOf: oneOf('a'),
  };
  const exported = Object.entries(entitable).filter(([, value]) => isConverter(value));
  return [...exported, ...Object.entries(made)].map(([name, converter]) => ({
    name: `the converter ${name}`,
    object: () => converter,
    functions: Object.fromEntries(
      Object.entries(converter).flatMap(([verb, value]) => (typeof value === 'function' ? [[verb, [undefined]]] : [])),
    ),
  }));
}

function isConverter(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'toStored' in value;
}
