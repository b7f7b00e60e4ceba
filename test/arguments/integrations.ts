import * as classTransformer from '../../src/integrations/class-transformer/index.js';
import * as expressHandler from '../../src/integrations/express/index.js';
import * as expressSession from '../../src/integrations/express-session/index.js';
import * as keyValue from '../../src/integrations/key-value/index.js';
import * as keyv from '../../src/integrations/keyv/index.js';
import * as nestjs from '../../src/integrations/nestjs/index.js';
import session from 'express-session';
import { DataSource } from '../../src/index.js';
import { data, Note, type Place, type Subject } from './subject.js';
import { OPERATION } from './verbs.js';

/** Returns a session store with a listener for its errors. */
function sessionStore({ tables }: Place): object {
  const store = expressSession.createStore(session, tables) as unknown as session.Store & object;
  store.on('error', () => undefined);
  return store;
}

/** Returns the functions of a session store that are not Express's own. */
function ownOf(store: object): object {
  const prototype = Object.getPrototypeOf(store) as object;
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return Object.fromEntries(names.map((name) => [name, promised(store as Readonly<Record<string, Verb>>, name)]));
}

type Verb = (...args: readonly unknown[]) => unknown;

const BEFORE_THE_CALLBACK: Readonly<Record<string, number>> = { get: 1, set: 2, touch: 2, destroy: 1 };

/** Returns the verb as a function whose promise has the result of the callback; `prune` returns a promise itself. */
function promised(store: Readonly<Record<string, Verb>>, name: string): Verb {
  if (name === 'prune') return () => store[name]!();
  return (...args) =>
    new Promise((resolve, reject) => {
      const given = Array.from({ length: BEFORE_THE_CALLBACK[name] ?? 0 }, (_, index) => args[index]);
      void store[name]!(...given, (error: Error | null) => (error === null ? resolve(null) : reject(error)));
    });
}

/** The functions of the entry points other than the main one. */
export const INTEGRATIONS: readonly Subject[] = [
  {
    name: 'entitable/class-transformer',
    object: () => classTransformer,
    functions: {
      toPlain: ({ note }) => [note, data({ groups: ['a'], excludeExtraneousValues: false })],
      fromPlain: [Note, data({ list: 'l', id: '1', text: 'text' }), data({ excludeExtraneousValues: false })],
    },
  },
  {
    name: 'entitable/express',
    object: () => expressHandler,
    functions: { errorHandler: [{ onError: () => undefined }] },
  },
  {
    name: 'entitable/express-session',
    object: () => expressSession,
    functions: { createStore: ({ tables }) => [session, tables, { table: 'Sessions', ttl: 5000 }] },
  },
  {
    name: 'a session store',
    object: (place) => ownOf(sessionStore(place)),
    functions: {
      get: ['sid'],
      set: ['sid', data({ cookie: { expires: new Date(), maxAge: 5 }, user: 'ada' })],
      touch: ['sid', data({ cookie: { expires: new Date(), maxAge: 5 }, user: 'ada' })],
      destroy: ['sid'],
      all: [],
      length: [],
      clear: [],
      prune: [],
    },
  },
  {
    name: 'entitable/key-value',
    object: () => keyValue,
    functions: {
      KeyValueStore: ({ tables }) => [tables, { format: 'json', partitionKey: 'default', tableName: (n: string) => n }],
    },
  },
  {
    name: 'KeyValueStore',
    object: () => keyValue.KeyValueStore,
    functions: { open: ['memory:', { format: 'json', partitionKey: 'default', tableName: (n: string) => n }] },
  },
  {
    name: 'a key-value store',
    object: ({ tables }) => new keyValue.KeyValueStore(tables),
    isInstance: true,
    functions: {
      collection: ['data'],
      put: ['key', data({ a: 1 }), 'data'],
      get: ['key', 'data'],
      getAll: ['data'],
      delete: ['key', 'data'],
      close: [],
    },
  },
  ...(['json', 'azure-kv-store'] as const).map((format): Subject => ({
    name: `a collection in the format ${format}`,
    object: ({ tables }) => new keyValue.KeyValueStore(tables, { format }).collection('data'),
    isInstance: true,
    functions: {
      put: ['key', data({ a: 1 }), OPERATION],
      putAll: [[['key', { a: 1 }]], { ...OPERATION, batchSize: 5 }],
      get: ['key', { ...OPERATION, select: ['a'] }],
      getAll: [{ ...OPERATION, select: ['a'] }],
      query: [{ ...OPERATION, prefix: 'k', where: { a: 1 }, select: ['a'] }],
      delete: ['key', OPERATION],
    },
  })),
  {
    name: 'entitable/keyv',
    object: () => keyv,
    functions: { KeyvTables: ({ tables }) => [tables, { table: 'Keyv' }] },
  },
  { name: 'KeyvTables', object: () => keyv.KeyvTables, functions: { open: ['memory:', { table: 'Keyv' }] } },
  {
    name: 'an adapter of Keyv',
    object: ({ tables }) => new keyv.KeyvTables(tables),
    isInstance: true,
    functions: {
      get: ['key'],
      getMany: [['key']],
      set: ['key', 'value', 5000],
      setMany: [[{ key: 'key', value: 'value', ttl: 5000 }]],
      delete: ['key'],
      deleteMany: [['key']],
      has: ['key'],
      hasMany: [['key']],
      clear: [],
      iterator: ['users'],
      disconnect: [],
    },
  },
  {
    name: 'entitable/nestjs',
    object: () => nestjs,
    functions: {
      InjectDataSource: ['archive'],
      InjectRepository: [Note, 'archive'],
      InUnitOfWork: [{ ...OPERATION, connection: 'archive', atomic: true, maxRetries: 2 }],
      dataSourceToken: ['archive'],
      repositoryProviders: [[Note], 'archive'],
      repositoryToken: [Note, 'archive'],
    },
    others: {
      EntitableModule: 'Nest makes them',
      EntitableExceptionFilter: 'Nest makes them',
      EntitableHealthIndicator: 'Nest makes them',
    },
  },
  {
    name: 'EntitableModule',
    object: () => nestjs.EntitableModule,
    functions: {
      forRoot: [{ name: 'archive', target: 'memory:' }],
      forRootAsync: [{ name: 'archive', inject: [], imports: [], useFactory: () => ({ target: 'memory:' }) }],
      forFeature: [[Note], 'archive'],
    },
  },
  {
    name: 'a health indicator',
    object: ({ tables }) => new nestjs.EntitableHealthIndicator(moduleOf(tables)),
    isInstance: true,
    functions: { pingCheck: ['tables', { connection: undefined, timeout: 500 }] },
  },
];

function moduleOf(tables: DataSource): never {
  return { get: () => tables } as never;
}
