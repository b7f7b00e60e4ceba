import { defineEntity, EntitableError, type EntityClass, type PartitionKey, type RowKey } from '../../index.js';

/** Maximum number of pieces of a text in one entity, which holds 2 MiB on Cosmos DB, at 64 KiB per String. */
const PIECES = 32;

type Texts = Record<string, string | undefined>;

const pieceName = (index: number): string => `text${index + 1}`;

// This is a key template, because templates escape the characters that are forbidden in keys, and separate the
// namespace from the key.
const rowKey = '{namespace}|{key}';

/** A value of Keyv under its key, with its text in `text1`, `text2`, … */
export class KeyvEntry {
  partition!: PartitionKey;
  /** The namespace of the key; empty if there is none. */
  namespace!: RowKey;
  /** The key exactly as Keyv passes it. */
  key!: RowKey;
  /** Expiry time in milliseconds since 1970. */
  expires?: bigint | undefined;
  /** `true` if the text is JSON written by this adapter, for a value that Keyv did not serialise. */
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

/**
 * Returns the entity class for a table's entries. A named table gets its own class, so that the data source applies its
 * `tableName` option as it does to every table.
 */
export function entryClassOf(table: string | undefined): EntityClass<KeyvEntry> {
  if (table === undefined) return KeyvEntry;
  class NamedKeyvEntry extends KeyvEntry {}
  defineEntity(NamedKeyvEntry, { table, rowKey, properties: {} });
  return NamedKeyvEntry;
}

/**
 * Writes a text into an entry in pieces of at most `units` UTF-16 units, never split within a surrogate pair. Throws
 * `validation.entity-too-large` if the entry cannot hold the text.
 */
export function setText(entry: KeyvEntry, text: string, units: number): void {
  for (let start = 0, index = 0; start < text.length || index === 0; index++) {
    if (index === PIECES) throw tooLarge(text.length, units);
    let end = start + units;
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end--;
    (entry as unknown as Texts)[pieceName(index)] = text.slice(start, end);
    start = end;
  }
}

/** Returns the whole text of an entry. */
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
