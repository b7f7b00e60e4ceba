import type { EventEmitter } from 'node:events';
import { checkNames, hasMethod, invalidValue, isObject, type OptionNames } from '../../options/check-option.js';
import { EntitableError, type DataSource, type Repository } from '../../index.js';
import { dataOf, entryClassOf, partsOf, SessionEntry, setData, type SessionParts } from './session-entry.js';

/** Options of {@link createStore}: the table and the lifetime of sessions. */
export interface SessionStoreOptions {
  /** Name of the table, to which the data source applies its `tableName` option; `Sessions` by default. */
  readonly table?: string | undefined;
  /** Lifetime in milliseconds of a session whose cookie has no expiry date; a day by default. */
  readonly ttl?: number | undefined;
}

const NAMES: OptionNames<SessionStoreOptions> = { table: true, ttl: true };

/** Methods of the store beyond those that express-session requires. */
export interface SessionTable {
  /**
   * Deletes the expired sessions and returns their number. It reads the whole table, so call it from time to time, not
   * for each request.
   */
  prune(): Promise<number>;
}

/** The part of the express-session module that `createStore` uses. */
export interface SessionModule<S> {
  /** Base class of all session stores. */
  readonly Store: abstract new () => S;
}

type Life = Pick<SessionEntry, 'cookie' | 'expires'>;

type Done<V> = (error: unknown, value?: V) => void;

const DAY = 86_400_000;
/** The range of the service's DateTime. An expiry date outside it is stored as the nearest end of the range. */
const LEAST = Date.UTC(1601, 0, 1);
const GREATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Creates a store for express-session, with one row per session. Pass the express-session module, whose `Store` the
 * result extends. An error in a call without a callback, e.g. `request.session.destroy()`, is emitted as an `error`
 * event. The JSON of a session is spread over as many properties as it needs, up to the size limit of an entity. Throws
 * `validation.invalid-option`.
 *
 * @example
 * ```ts
 * app.use(session({ store: createStore(session, tables), secret, resave: false, saveUninitialized: false }));
 * ```
 */
export function createStore<S extends object>(
  session: SessionModule<S>,
  tables: DataSource,
  options: SessionStoreOptions = {},
): S & SessionTable {
  if (!hasMethod(session, 'Store')) throw invalidValue('createStore', 'the module express-session', session);
  if (!hasMethod(tables, 'repository')) throw invalidValue('createStore', 'a DataSource', tables);
  if (typeof options !== 'object' || options === null) throw invalidValue('options', 'an object', options);
  checkNames(options, NAMES);
  const { table, ttl = DAY } = options;
  if (typeof ttl !== 'number' || Number.isNaN(ttl)) throw invalidValue('ttl', 'a number of milliseconds', ttl);
  const entries = tables.repository(entryClassOf(table));
  const Base = session.Store as unknown as new () => EventEmitter;

  class TableSessionStore extends Base implements SessionTable {
    get(sid: string, done: Done<object | null>): void {
      settle(read(entries, sid), done);
    }

    set(sid: string, data: object, done: Done<void> = this.#failed): void {
      settle(write(sid, data), done);
    }

    touch(sid: string, data: object, done: Done<void> = this.#failed): void {
      settle(touch(entries, sid, data, ttl), done);
    }

    destroy(sid: string, done: Done<void> = this.#failed): void {
      settle(
        entries.delete(keyOf(sid), { missing: 'ignore' }).then(() => undefined),
        done,
      );
    }

    all(done: Done<Readonly<Record<string, object>>>): void {
      settle(readAll(entries), done);
    }

    length(done: Done<number>): void {
      settle(entries.scan().where('expires', 'ge', new Date()).count(), done);
    }

    clear(done: Done<void> = this.#failed): void {
      settle(
        entries
          .scan()
          .delete()
          .then(() => undefined),
        done,
      );
    }

    async prune(): Promise<number> {
      return (await entries.scan().where('expires', 'lt', new Date()).delete()).changed;
    }

    readonly #failed: Done<void> = (error) => void (error === null || this.emit('error', error));
  }
  return new TableSessionStore() as unknown as S & SessionTable;

  async function write(sid: string, given: object): Promise<void> {
    checkSession('set', given);
    const parts = partsOf(given);
    const entry = Object.assign(new SessionEntry(), keyOf(sid), lifeOf(parts, ttl));
    setData(entry, parts.data, tables.traits.limits.stringUnits);
    await entries.upsert(entry, { mode: 'replace' });
  }
}

function keyOf(sid: string): { readonly sid: string; readonly kind: string } {
  return { sid, kind: 'session' };
}

/** Returns the stored properties that determine the lifetime of a session. */
function lifeOf({ cookie, expires: told }: SessionParts, ttl: number): Life {
  const ends = told instanceof Date || typeof told === 'string';
  const end = ends ? new Date(told).getTime() : Date.now() + ttl;
  const expires = new Date(Math.min(Math.max(end, LEAST), GREATEST));
  return cookie === undefined ? { expires } : { cookie, expires };
}

function sessionOf(entry: SessionEntry): object {
  const { cookie } = entry;
  const data = dataOf(entry);
  return cookie === undefined ? data : { cookie, ...data };
}

async function read(entries: Repository<SessionEntry>, sid: string): Promise<object | null> {
  const entry = await entries.get(keyOf(sid));
  return entry === undefined || entry.expires.getTime() < Date.now() ? null : sessionOf(entry);
}

async function readAll(entries: Repository<SessionEntry>): Promise<Readonly<Record<string, object>>> {
  const living = await entries.scan().where('expires', 'ge', new Date()).toArray();
  return Object.fromEntries(living.map((entry) => [entry.sid, sessionOf(entry)]));
}

async function touch(entries: Repository<SessionEntry>, sid: string, session: object, ttl: number): Promise<void> {
  checkSession('touch', session);
  const life = lifeOf(partsOf(session), ttl);
  try {
    await entries.merge(keyOf(sid), life);
  } catch (error) {
    // A missing row means that the session was destroyed in the meantime, so it must not be written again.
    if (!EntitableError.is(error, 'store.not-found')) throw error;
  }
}

/**
 * Passes the result of a promise to a callback. The callback runs outside the promise chain, so that an exception that
 * it throws does not become a rejection.
 */
function settle<V>(promise: Promise<V>, done: Done<V>): void {
  if (typeof done !== 'function') {
    promise.catch(() => undefined); // no callback to report it to
    throw invalidValue('The last argument', 'a callback', done);
  }
  promise.then(
    (value) => process.nextTick(done, null, value),
    (error: unknown) => process.nextTick(done, error),
  );
}

/**
 * Refuses a value that is not a session, e.g. the `null` that the store has returned for a missing session. Throws
 * `validation.invalid-option`.
 */
function checkSession(verb: string, session: unknown): void {
  if (!isObject(session)) throw invalidValue(verb, 'a session', session);
}
