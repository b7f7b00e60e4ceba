import type { EventEmitter } from 'node:events';
import { checkNames, hasMethod, invalidValue, isObject, type OptionNames } from '../../options/check-option.js';
import { EntitableError, type DataSource, type Repository } from '../../index.js';
import { dataOf, entryClassOf, partsOf, SessionEntry, setData, type SessionParts } from './session-entry.js';

/** Where sessions are kept, and for how long. */
export interface SessionStoreOptions {
  /** The table, as a class would name it; `Sessions` by default. */
  readonly table?: string | undefined;
  /** Milliseconds that a session lives whose cookie does not say; a day by default. */
  readonly ttl?: number | undefined;
}

const NAMES: OptionNames<SessionStoreOptions> = { table: true, ttl: true };

/** What the store can do beside what express-session asks of it. */
export interface SessionTable {
  /** Deletes the sessions that ended, and tells how many. It scans the table: run it now and then. */
  prune(): Promise<number>;
}

/** What is used of express-session. */
export interface SessionModule<S> {
  /** The base class of its stores. */
  readonly Store: abstract new () => S;
}

type Life = Pick<SessionEntry, 'cookie' | 'expires'>;

type Done<V> = (error: unknown, value?: V) => void;

const DAY = 86_400_000;
/** The range of a DateTime of the service; cookies may end later. */
const LEAST = Date.UTC(1601, 0, 1);
const GREATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * A store of express-session: a row a session. Give it the module, whose `Store` it extends. What fails without a callback to tell, e.g.
 * `request.session.destroy()`, is its event `error`. A session takes as many properties as its JSON needs, up to the size of an entity.
 * Throws `validation.invalid-option`.
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

/** What is stored of how long a session lives. */
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
    // A session that was destroyed meanwhile stays so.
    if (!EntitableError.is(error, 'store.not-found')) throw error;
  }
}

/** Calls back outside of the promise, so that what the callback throws is the callback's. */
function settle<V>(promise: Promise<V>, done: Done<V>): void {
  if (typeof done !== 'function') {
    promise.catch(() => undefined); // nobody is there to be told
    throw invalidValue('The last argument', 'a callback', done);
  }
  promise.then(
    (value) => process.nextTick(done, null, value),
    (error: unknown) => process.nextTick(done, error),
  );
}

/** A store is told to keep what it gave, and for a session that is gone it gave `null`. Throws `validation.invalid-option`. */
function checkSession(verb: string, session: unknown): void {
  if (!isObject(session)) throw invalidValue(verb, 'a session', session);
}
