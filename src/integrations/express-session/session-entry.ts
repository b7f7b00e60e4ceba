import { defineEntity, EntitableError, json, type EntityClass, type PartitionKey, type RowKey } from '../../index.js';

// This is a key template, because templates escape the characters that are forbidden in keys.
const partitionKey = '{sid}';

/** Maximum number of pieces of a text in one entity, which holds 2 MiB on Cosmos DB, at 64 KiB per String. */
const PIECES = 32;

const pieceName = (index: number): string => (index === 0 ? 'data' : `data${index + 1}`);

type Texts = Record<string, string | undefined>;

/**
 * One session, in a partition of its own so that no partition becomes hot. Its JSON, without the cookie, is stored in
 * `data`, `data2`, …
 */
export class SessionEntry {
  sid!: PartitionKey;
  kind!: RowKey;
  /** The cookie in its JSON form. It is stored apart from the data because it changes with every use of the session. */
  cookie?: object | undefined;
  expires!: Date;

  static {
    defineEntity(SessionEntry, {
      table: 'Sessions',
      partitionKey,
      properties: {
        sid: 'PartitionKey',
        kind: 'RowKey',
        cookie: { converter: json<object>() },
        expires: 'DateTime',
        ...Object.fromEntries(Array.from({ length: PIECES }, (_, index) => [pieceName(index), 'String'])),
      },
    });
  }
}

/**
 * Returns the entity class for a table's sessions. A named table gets its own class, so that the data source applies
 * its `tableName` option as it does to every table.
 */
export function entryClassOf(table: string | undefined): EntityClass<SessionEntry> {
  if (table === undefined) return SessionEntry;
  class NamedSessionEntry extends SessionEntry {}
  defineEntity(NamedSessionEntry, { table, partitionKey, properties: {} });
  return NamedSessionEntry;
}

/** The parts of a session, after its own `toJSON` was applied, if it has one. */
export interface SessionParts {
  /** The cookie in its JSON form. */
  readonly cookie: object | undefined;
  /** Expiry date of the cookie, if it has one. */
  readonly expires: unknown;
  /** All other members of the session. */
  readonly data: object;
}

/**
 * Splits a session into its cookie and its other data. Throws `validation.converter-failed` if the session or its
 * cookie cannot be serialised as JSON.
 */
export function partsOf(session: object): SessionParts {
  return readable(() => {
    const { cookie, ...data } = ownForm(session);
    if (typeof data['toJSON'] === 'function') delete data['toJSON']; // `ownForm` has applied it
    if (cookie === undefined) return { cookie, expires: undefined, data };
    const { expires } = (cookie ?? {}) as { readonly expires?: unknown };
    return { cookie: JSON.parse(JSON.stringify(cookie)) as object, expires, data };
  });
}

function ownForm(session: object): Record<string, unknown> {
  const { toJSON } = session as { readonly toJSON?: unknown };
  const form: unknown = typeof toJSON === 'function' ? toJSON.call(session, '') : session;
  if (typeof form === 'object' && form !== null && !Array.isArray(form)) return form as Record<string, unknown>;
  throw new TypeError(`toJSON of the session gives no object, but ${typeof form}`);
}

/**
 * Writes a session, without its cookie, into an entry: as JSON in pieces of at most `units` UTF-16 units, never split
 * within a surrogate pair. Throws `validation.converter-failed` if the session cannot be serialised as JSON, and
 * `validation.entity-too-large` if the entry cannot hold it.
 */
export function setData(entry: SessionEntry, data: object, units: number): void {
  const text = readable(() => JSON.stringify(data));
  for (let start = 0, index = 0; start < text.length; index++) {
    if (index === PIECES) throw tooLarge(text.length, units);
    let end = start + units;
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end--;
    (entry as unknown as Texts)[pieceName(index)] = text.slice(start, end);
    start = end;
  }
}

/**
 * Reads the session, without its cookie, from an entry. Throws `entity.unreadable` for a row that another program has
 * written.
 */
export function dataOf(entry: SessionEntry): object {
  const texts = entry as unknown as Texts;
  const text = Array.from({ length: PIECES }, (_, index) => texts[pieceName(index)] ?? '').join('');
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw new EntitableError(
      'entity.unreadable',
      `The row of the session "${entry.sid}" holds no session: something else wrote it. Delete it; why it cannot be read is in details.error.`,
      { ...AT, partitionKey: entry.sid, rowKey: entry.kind, error },
    );
  }
}

const AT = { className: 'SessionEntry', property: 'data', storedName: 'data' };

/** Runs code that reads a session: its getters and `toJSON` belong to the application and may throw. */
function readable<V>(read: () => V): V {
  try {
    return read();
  } catch (error) {
    throw new EntitableError(
      'validation.converter-failed',
      'The session has no JSON form: it holds a bigint or itself, or a getter or toJSON of it fails or gives nothing. Keep what JSON can hold in sessions.',
      { ...AT, error },
    );
  }
}

function tooLarge(length: number, units: number): EntitableError {
  const limit = PIECES * units;
  return new EntitableError(
    'validation.entity-too-large',
    `The session has ${length} UTF-16 units of JSON; a row holds ${PIECES} Strings of ${units}. Keep large values elsewhere, and in the session where they are.`,
    { className: AT.className, size: 2 * length, limit: 2 * limit },
  );
}
