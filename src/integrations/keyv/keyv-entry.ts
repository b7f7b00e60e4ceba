import { defineEntity, EntitableError, type EntityClass, type PartitionKey, type RowKey } from '../../index.js';

/** The most pieces that an entity has room for: 2 MiB on Cosmos, at 64 KiB a String. */
const PIECES = 32;

type Texts = Record<string, string | undefined>;

const pieceName = (index: number): string => `text${index + 1}`;

// A template, because it escapes what keys must not hold, and tells a namespace from what a key begins with.
const rowKey = '{namespace}|{key}';

/** A value of Keyv under its key; its text is in `text1`, `text2`, … */
export class KeyvEntry {
  partition!: PartitionKey;
  /** The empty text where there is none. */
  namespace!: RowKey;
  /** As Keyv gives it. */
  key!: RowKey;
  /** When the value ends, in milliseconds since 1970. */
  expires?: bigint | undefined;
  /** Whether the text is JSON that Keyv did not write. */
  json?: boolean | undefined;

  static {
    defineEntity(KeyvEntry, {
      table: 'Keyv',
      rowKey,
      properties: {
        partition: 'PartitionKey',
        namespace: 'RowKey',
        key: 'RowKey',
        expires: 'Int64',
        json: 'Boolean',
        ...Object.fromEntries(Array.from({ length: PIECES }, (_, index) => [pieceName(index), 'String'])),
      },
    });
  }
}

/** The class of the entries of a table: by a class of its own the data source names it as it names every table. */
export function entryClassOf(table: string | undefined): EntityClass<KeyvEntry> {
  if (table === undefined) return KeyvEntry;
  class NamedKeyvEntry extends KeyvEntry {}
  defineEntity(NamedKeyvEntry, { table, rowKey, properties: {} });
  return NamedKeyvEntry;
}

/** Puts a text into an entry, in pieces of at most so many UTF-16 units, never cut inside a character. Throws `validation.entity-too-large`. */
export function setText(entry: KeyvEntry, text: string, units: number): void {
  for (let start = 0, index = 0; start < text.length || index === 0; index++) {
    if (index === PIECES) throw tooLarge(text.length, units);
    let end = start + units;
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end--;
    (entry as unknown as Texts)[pieceName(index)] = text.slice(start, end);
    start = end;
  }
}

/** The text of an entry. */
export function textOf(entry: KeyvEntry): string {
  return Array.from({ length: PIECES }, (_, index) => (entry as unknown as Texts)[pieceName(index)] ?? '').join('');
}

function tooLarge(length: number, units: number): EntitableError<'validation.entity-too-large'> {
  const limit = PIECES * units;
  return new EntitableError(
    'validation.entity-too-large',
    `A value for Keyv has ${length} UTF-16 units as text; an entry holds ${PIECES} Strings of ${units}. Keep large values elsewhere and store where they are.`,
    { className: KeyvEntry.name, size: 2 * length, limit: 2 * limit },
  );
}
