import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource, index, type Repository } from '../../src/index.js';

/** The entity that the calls of all subjects use. */
@Entity({ table: 'Notes', rowKey: '{id}' })
export class Note {
  static readonly byText = index({ on: ['text'], unique: true, where: { stars: 2 } });
  @PartitionKey() list!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) text?: string;
  @Property({ type: 'Int32' }) stars?: number;
  @ETag() etag?: string;
}

/** A class with an index. */
@Entity({ table: 'Labels', rowKey: '{id}' })
export class Label {
  static readonly byText = index({ on: ['text'] });
  @PartitionKey() list!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) text?: string;
}

/** The plain objects that are not options: keys, patches, values. */
const DATA = new WeakSet<object>();

/** Marks a plain object as data, so that the test does not expect unknown names in it to be refused. */
export function data<D extends object>(given: D): D {
  DATA.add(given);
  return given;
}

/** Returns whether a plain object is data. */
export function isData(given: object): boolean {
  return DATA.has(given);
}

/** The key of the stored row. */
export const KEY = data({ list: 'l', id: '1' });

/** The environment of one call: a data source in memory of its own, with one row. */
export interface Place {
  readonly tables: DataSource;
  readonly notes: Repository<Note>;
  /** The row, as an entity that was read. */
  readonly note: Note;
}

/** Creates a new environment for one call. */
export async function newPlace(): Promise<Place> {
  const tables = await DataSource.open('memory:');
  const notes = tables.repository(Note);
  await notes.insert(noteOf('1'));
  return { tables, notes, note: await notes.getOrThrow(KEY) };
}

export function noteOf(id: string): Note {
  return Object.assign(new Note(), { list: 'l', id, text: 'text', stars: 1 });
}

/** Valid arguments of a function. They include every option, so that the test can replace each by invalid values. */
export type Arguments = readonly unknown[] | ((place: Place) => readonly unknown[]);

/** An object with public functions: a module, a class with static functions, or an instance. */
export interface Subject {
  /** The name of the object in test titles and failures. */
  readonly name: string;
  /** Returns the object for one call. */
  readonly object: (place: Place) => unknown;
  /** True if the test looks for functions in the prototypes as well. */
  readonly isInstance?: true;
  /** The valid arguments of each public function, by its name. */
  readonly functions: Readonly<Record<string, Arguments>>;
  /** Uses the result of a function as a program would, if wrong options are reported only then. */
  readonly use?: (name: string, result: unknown) => unknown;
  /** Functions that are not tested with invalid arguments, each with the reason. */
  readonly others?: Readonly<Record<string, string>>;
}
