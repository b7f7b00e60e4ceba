import { filter, type OperationOptions } from '../../src/index.js';
import { data, KEY, Label, Note, noteOf, type Arguments, type Subject } from './subject.js';

/** The options of every operation with I/O. */
export const OPERATION: OperationOptions = { signal: new AbortController().signal, timeout: 60_000 };

const { list } = KEY;
const READ = { ...OPERATION, refresh: true };
const BULK = { ...OPERATION, concurrency: 4, onProgress: () => undefined, onError: 'throw' };
const BY_FILTER = { ...OPERATION, onProgress: () => undefined };
const IN_A_REPOSITORY = { entityClass: 'it is a class, to be read' };
const FOR_REPOSITORIES = 'sessions are for the constructors of repositories';

const REPOSITORY: Readonly<Record<string, Arguments>> = {
  create: [data({ list: 'l', id: '2', text: 'text', stars: 1 })],
  assign: ({ note }) => [note, data({ text: 'new', stars: 2 })],
  get: [KEY, READ],
  getOrThrow: [KEY, READ],
  by: [data(Note.byText), data({ list, text: 'text' })],
  getBy: [data(Note.byText), data({ list, text: 'text' }), READ],
  getByOrThrow: [data(Note.byText), data({ list, text: 'text' }), READ],
  getMany: [[KEY], { ...READ, concurrency: 2 }],
  exists: [KEY, OPERATION],
  refresh: ({ note }) => [note, OPERATION],
  query: [data({ list })],
  scan: [],
  insert: () => [noteOf('2'), OPERATION],
  save: ({ note }) => [note, OPERATION],
  merge: [KEY, data({ text: 'new', stars: 2 }), { ...OPERATION, etag: '*' }],
  replace: ({ note }) => [note, { ...OPERATION, etag: '*' }],
  upsert: () => [noteOf('2'), { ...OPERATION, mode: 'merge' }],
  delete: [KEY, { ...OPERATION, etag: '*', missing: 'ignore' }],
  modify: [
    KEY,
    (note: Note) => void (note.text = 'changed'),
    { ...OPERATION, maxRetries: 2, missing: () => noteOf('1') },
  ],
  insertMany: () => [[noteOf('2')], BULK],
  upsertMany: () => [[noteOf('2')], { ...BULK, mode: 'merge' }],
  mergeMany: [[{ key: KEY, patch: { stars: 2 }, etag: '*' }], BULK],
  deleteMany: [[KEY], { ...BULK, missing: 'ignore' }],
  transaction: [() => undefined, { ...OPERATION, atomic: true, maxRetries: 1 }],
};

const ADMINISTRATION: Readonly<Record<string, Arguments>> = {
  create: ['Other', { ...OPERATION, waitForDeletion: false }],
  createIfMissing: ['Other', { ...OPERATION, waitForDeletion: false }],
  ensure: [[Note, 'Other'], { ...OPERATION, waitForDeletion: false, concurrency: 2 }],
  delete: ['Notes', OPERATION],
  exists: ['Notes', OPERATION],
  list: [{ ...OPERATION, prefix: 'N', from: 'A', to: 'Z' }],
  describe: ['Notes', { ...OPERATION, sample: 5 }],
  copy: [
    'Notes',
    'Other',
    {
      ...BULK,
      transform: (row: unknown) => row,
      existing: 'replace',
      filter: () => filter(Note, (n) => n.stars.gt(1)),
    },
  ],
  truncate: ['Notes', { ...OPERATION, concurrency: 2, onProgress: () => undefined }],
  indexes: [Label],
  getAccessPolicies: ['Notes', OPERATION],
  setAccessPolicies: ['Notes', [{ id: 'a' }], OPERATION],
  generateTableSas: ['Notes', { permissions: ['query'], expiry: new Date() }],
  generateAccountSas: [{ permissions: ['query'], expiry: new Date() }],
  getServiceProperties: [OPERATION],
  setServiceProperties: [{}, OPERATION],
  getCors: [OPERATION],
  setCors: [[], OPERATION],
  getStatistics: [OPERATION],
};

const QUERY: Readonly<Record<string, Arguments>> = {
  where: [() => filter(Note, (n) => n.stars.gt(1)), 'gt', 1],
  select: ['stars', 'text'],
  take: [5],
  pageSize: [5],
  maxRequests: [5],
  orderBy: ['stars', 'asc'],
  rawFilter: ["text eq 'a'"],
  pages: [{ ...READ, emptyPages: 'give' }],
  page: [{ ...READ, emptyPages: 'give', continuation: undefined, pageSize: 5 }],
  toArray: [READ],
  first: [READ],
  firstOrThrow: [READ],
  single: [READ],
  forEach: [() => undefined, { ...READ, concurrency: 2 }],
  filterOnClient: [() => true],
  count: [OPERATION],
  exists: [OPERATION],
  delete: [BY_FILTER],
  merge: [data({ stars: 5 }), BY_FILTER],
  explain: [],
  compile: [],
};

/** The functions of data sources, repositories, queries, units of work and the administration of tables. */
export const VERBS: readonly Subject[] = [
  {
    name: 'a data source',
    object: ({ tables }) => tables,
    isInstance: true,
    functions: {
      repository: [Note],
      unitOfWork: [() => undefined, { ...OPERATION, atomic: true, maxRetries: 1 }],
      run: [() => undefined, { ...OPERATION, nested: 'join', atomic: true, maxRetries: 1 }],
      withTables: [(name: string) => name],
      insertMany: () => [[noteOf('2')], BULK],
      upsertMany: () => [[noteOf('2')], { ...BULK, mode: 'merge' }],
      deleteMany: ({ note }) => [[note], { ...BULK, missing: 'ignore' }],
      retry: [
        () => Promise.resolve(),
        {
          ...OPERATION,
          maxRetries: 1,
          tryTimeout: 1000,
          fast: { slot: 1, ceiling: 2 },
          slow: { slot: 1, ceiling: 2 },
        },
      ],
      ready: [{ ...OPERATION, failFast: true, table: 'Notes' }],
      backup: ['backup', OPERATION],
      close: [{ timeout: 5 }],
    },
  },
  {
    name: 'a repository',
    object: ({ notes }) => notes,
    isInstance: true,
    functions: REPOSITORY,
    others: IN_A_REPOSITORY,
  },
  {
    name: 'a repository of a unit of work',
    object: ({ tables }) => tables.unitOfWork().repository(Note),
    isInstance: true,
    functions: REPOSITORY,
    others: IN_A_REPOSITORY,
  },
  { name: 'a query', object: ({ notes }) => notes.query({ list }), isInstance: true, functions: QUERY },
  {
    name: 'a query that is asked by names',
    object: ({ notes }) => ({ where: notes.query({ list }).where.bind(notes.query({ list })) }),
    functions: { where: ['stars', 'gt', 1] },
  },
  {
    name: 'a unit of work',
    object: ({ tables }) => tables.unitOfWork(),
    isInstance: true,
    functions: {
      repository: [Note],
      get: [Note, KEY, READ],
      query: [Note, data({ list })],
      insert: () => [noteOf('2')],
      delete: ({ note }) => [note, { etag: '*', missing: 'ignore' }],
      track: ({ note }) => [note],
      require: ({ note }) => [note],
      transaction: [() => undefined, { ...OPERATION, atomic: true, maxRetries: 1 }],
      plan: [],
      commit: [{ ...OPERATION, atomic: true }],
      discard: [],
    },
    others: { of: FOR_REPOSITORIES, abandon: FOR_REPOSITORIES, in: FOR_REPOSITORIES },
  },
  {
    name: 'the administration of tables',
    object: ({ tables }) => tables.tables,
    isInstance: true,
    functions: ADMINISTRATION,
  },
  {
    name: 'the administration of indexes',
    object: ({ tables }) => tables.tables.indexes(Label),
    isInstance: true,
    functions: {
      verify: [{ ...OPERATION, index: 'byText', sample: 5, onProgress: () => undefined }],
      rebuild: [{ ...OPERATION, index: 'byText', concurrency: 2, onProgress: () => undefined }],
      drop: ['byText', { ...OPERATION, concurrency: 2, onProgress: () => undefined }],
    },
  },
];
