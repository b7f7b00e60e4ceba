import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import type { DataSource } from '../../src/data-source/data-source.js';
import { TABLE } from './right-answers.js';

@Entity({ table: TABLE })
export class Note {
  @PartitionKey() list!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) text?: string | undefined;
  @Property({ type: 'Int64' }) size?: bigint | undefined;
  @Property({ type: 'DateTime' }) at?: Date | undefined;
  @ETag() etag?: string | undefined;
}

const LIST = { list: 'p' };
const KEY = { ...LIST, id: 'r1' };

function note(id = 'r1', values: Partial<Note> = {}): Note {
  return Object.assign(new Note(), { list: 'p', id, text: 'new', ...values });
}

const notes = (count: number): Note[] => Array.from({ length: count }, (_, index) => note(`r${index}`));

async function drained(source: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const one of source) all.push(one);
  return all;
}

/**
 * Every operation that sends requests, with the maximum number of requests that may get a right response before a wrong
 * one.
 */
export const OPERATIONS: Readonly<
  Record<string, readonly [right: number, run: (tables: DataSource) => Promise<unknown>]>
> = {
  get: [0, (tables) => tables.repository(Note).get(KEY)],
  getOrThrow: [0, (tables) => tables.repository(Note).getOrThrow(KEY)],
  getMany: [0, (tables) => tables.repository(Note).getMany([KEY, { list: 'p', id: 'r2' }])],
  exists: [0, (tables) => tables.repository(Note).exists(KEY)],
  refresh: [1, async (tables) => tables.repository(Note).refresh(await tables.repository(Note).getOrThrow(KEY))],
  insert: [0, (tables) => tables.repository(Note).insert(note())],
  'save of a new one': [0, (tables) => tables.repository(Note).save(note())],
  'save of one that was read': [
    1,
    async (tables) => {
      const found = await tables.repository(Note).getOrThrow(KEY);
      return tables.repository(Note).save(Object.assign(found, { text: 'changed' }));
    },
  ],
  'save that removes': [
    2,
    async (tables) => {
      const found = await tables.repository(Note).getOrThrow(KEY);
      return tables.repository(Note).save(Object.assign(found, { text: undefined }));
    },
  ],
  merge: [0, (tables) => tables.repository(Note).merge(KEY, { text: 'changed' })],
  'merge that removes': [1, (tables) => tables.repository(Note).merge(KEY, { text: null })],
  replace: [0, (tables) => tables.repository(Note).replace(note('r1', { etag: '"1"' }))],
  upsert: [0, (tables) => tables.repository(Note).upsert(note())],
  delete: [0, (tables) => tables.repository(Note).delete(KEY)],
  'delete of what may be missing': [0, (tables) => tables.repository(Note).delete(KEY, { missing: 'ignore' })],
  modify: [1, (tables) => tables.repository(Note).modify(KEY, (found) => void (found.text = 'changed'))],
  insertMany: [0, (tables) => tables.repository(Note).insertMany(notes(3))],
  upsertMany: [0, (tables) => tables.repository(Note).upsertMany(notes(3))],
  deleteMany: [0, (tables) => tables.repository(Note).deleteMany(notes(3).map(({ list, id }) => ({ list, id })))],
  query: [0, (tables) => tables.repository(Note).query(LIST).toArray()],
  select: [0, (tables) => tables.repository(Note).query(LIST).select('id', 'text').toArray()],
  'select of the ETag': [0, (tables) => tables.repository(Note).query(LIST).select('id', 'etag').toArray()],
  'for await': [0, (tables) => drained(tables.repository(Note).query(LIST))],
  scan: [0, (tables) => tables.repository(Note).scan().toArray()],
  pages: [0, (tables) => drained(tables.repository(Note).query(LIST).pages())],
  forEach: [
    0,
    (tables) =>
      tables
        .repository(Note)
        .query(LIST)
        .forEach(() => undefined, { concurrency: 2 }),
  ],
  page: [0, (tables) => tables.repository(Note).query(LIST).pageSize(2).page()],
  first: [0, (tables) => tables.repository(Note).query(LIST).first()],
  count: [0, (tables) => tables.repository(Note).query(LIST).count()],
  'exists by filter': [0, (tables) => tables.repository(Note).query(LIST).where('text', 'eq', 'x').exists()],
  'delete by filter': [1, (tables) => tables.repository(Note).query(LIST).where('text', 'eq', 'x').delete()],
  'merge by filter': [1, (tables) => tables.repository(Note).query(LIST).where('text', 'eq', 'x').merge({ text: 'y' })],
  'unit of work with one write': [0, (tables) => tables.unitOfWork((unit) => unit.insert(note()))],
  'unit of work with several': [
    1,
    (tables) =>
      tables.unitOfWork(async (unit) => {
        const found = await unit.repository(Note).getOrThrow(KEY);
        found.text = 'changed';
        unit.insert(note('r2'));
        unit.insert(note('r3'));
      }),
  ],
  'tables.create': [0, (tables) => tables.tables.create('Notes')],
  'tables.createIfMissing': [0, (tables) => tables.tables.createIfMissing('Notes')],
  'tables.ensure': [0, (tables) => tables.tables.ensure(['Others'])],
  'tables.delete': [0, (tables) => tables.tables.delete('Notes')],
  'tables.exists': [0, (tables) => tables.tables.exists('Notes')],
  'tables.list': [0, (tables) => drained(tables.tables.list())],
  'tables.describe': [0, (tables) => tables.tables.describe('Notes')],
  'tables.copy': [1, (tables) => tables.tables.copy('Notes', 'Others')],
  'tables.truncate': [1, (tables) => tables.tables.truncate('Notes')],
  getAccessPolicies: [0, (tables) => tables.tables.getAccessPolicies('Notes')],
  setAccessPolicies: [0, (tables) => tables.tables.setAccessPolicies('Notes', [{ id: 'a' }])],
  getServiceProperties: [0, (tables) => tables.tables.getServiceProperties()],
  setServiceProperties: [0, (tables) => tables.tables.setServiceProperties({ minuteMetrics: { enabled: false } })],
  setCors: [0, (tables) => tables.tables.setCors([])],
  getStatistics: [0, (tables) => tables.tables.getStatistics()],
  ready: [0, (tables) => tables.ready({ failFast: true })],
  'ready of a table': [0, (tables) => tables.ready({ failFast: true, table: 'Notes' })],
};
