import { defineEntity, EntitableError, json, type EntityClass, type PartitionKey, type RowKey } from '../../index.js';

// A template, because it escapes what keys must not hold.
const partitionKey = '{sid}';

/** The most pieces that an entity has room for: 2 MiB on Cosmos, at 64 KiB a String. */
const PIECES = 32;

const pieceName = (index: number): string => (index === 0 ? 'data' : `data${index + 1}`);

type Texts = Record<string, string | undefined>;

/** One session, in a partition of its own: no partition becomes hot. Its JSON, without its cookie, is in `data`, `data2`, … */
export class SessionEntry {
  sid!: PartitionKey;
  kind!: RowKey;
  /** Its cookie, which changes whenever the session is used. */
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

/** The class of the sessions of a table: by a class of its own the data source names it as it names every table. */
export function entryClassOf(table: string | undefined): EntityClass<SessionEntry> {
  if (table === undefined) return SessionEntry;
  class NamedSessionEntry extends SessionEntry {}
  defineEntity(NamedSessionEntry, { table, partitionKey, properties: {} });
  return NamedSessionEntry;
}

/** A session as its own `toJSON` has it, where it has one. */
export interface SessionParts {
  /** As JSON has it. */
  readonly cookie: object | undefined;
  /** When the cookie ends, where it says so. */
  readonly expires: unknown;
  /** The rest. */
  readonly data: object;
}

/** Takes a session apart. Throws `validation.converter-failed` for one, or a cookie, that has no JSON form. */
export function partsOf(session: object): SessionParts {
  return readable(() => {
    const { cookie, ...data } = ownForm(session);
    if (typeof data['toJSON'] === 'function') delete data['toJSON']; // it has done its work
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
 * Puts a session, without its cookie, into an entry: as JSON in pieces of at most so many UTF-16 units, never cut inside a character.
 * Throws `validation.converter-failed` for what has no JSON form, `validation.entity-too-large`.
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

/** The session of an entry, without its cookie. Throws `entity.unreadable` for a row that something else has written. */
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

/** Reads of a session what its own getters and `toJSON` give: it is the program's, and they may fail. */
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
