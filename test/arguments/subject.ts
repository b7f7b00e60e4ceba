import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource, type Repository } from '../../src/index.js';

/** An entity of every subject. */
@Entity({ table: 'Notes' })
export class Note {
  @PartitionKey() list!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) text?: string;
  @Property({ type: 'Int32' }) stars?: number;
  @ETag() etag?: string;
}

/** Plain objects that are no options: keys, patches, values. */
const DATA = new WeakSet<object>();

/** Marks a plain object as data, which may have names of its own. */
export function data<D extends object>(given: D): D {
  DATA.add(given);
  return given;
}

/** Whether a plain object is data. */
export function isData(given: object): boolean {
  return DATA.has(given);
}

/** A key of a row that is stored. */
export const KEY = data({ list: 'l', id: '1' });

/** What a call finds: a data source in memory of its own, with one row. */
export interface Place {
  readonly tables: DataSource;
  readonly notes: Repository<Note>;
  /** The row, as it was read. */
  readonly note: Note;
}

/** A new place for one call. */
export async function newPlace(): Promise<Place> {
  const tables = await DataSource.open('memory:');
  const notes = tables.repository(Note);
  await notes.insert(noteOf('1'));
  return { tables, notes, note: await notes.getOrThrow(KEY) };
}

export function noteOf(id: string): Note {
  return Object.assign(new Note(), { list: 'l', id, text: 'text', stars: 1 });
}

/** Arguments that a function takes; of options every one, so that each is replaced by what it must not be. */
export type Arguments = readonly unknown[] | ((place: Place) => readonly unknown[]);

/** An object with public functions: a module, a class with static ones, or an instance. */
export interface Subject {
  /** What it is called in a failure. */
  readonly name: string;
  /** The object, for one call. */
  readonly object: (place: Place) => unknown;
  /** Whether the functions are looked for in the prototypes as well. */
  readonly isInstance?: true;
  /** Arguments of each public function, by its name. */
  readonly functions: Readonly<Record<string, Arguments>>;
  /** What a program does with what a function gives, where only that tells of wrong options. */
  readonly use?: (name: string, result: unknown) => unknown;
  /** Functions that nobody is to call with arguments of their own, each with the reason. */
  readonly others?: Readonly<Record<string, string>>;
}
