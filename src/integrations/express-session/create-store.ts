import type { EventEmitter } from 'node:events';
import { EntitableError, type DataSource, type Repository } from '../../index.js';
import { entryClassOf, SessionEntry } from './session-entry.js';

/** Where sessions are kept, and for how long. */
export interface SessionStoreOptions {
  /** The table, as a class would name it; `Sessions` by default. */
  readonly table?: string | undefined;
  /** Milliseconds that a session lives whose cookie does not say; a day by default. */
  readonly ttl?: number | undefined;
}

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

interface SessionData {
  readonly cookie?: { readonly expires?: Date | string | boolean | null } | undefined;
}

type Life = Pick<SessionEntry, 'cookie' | 'expires'>;

type Done<V> = (error: unknown, value?: V) => void;

const DAY = 86_400_000;

/**
 * A store of express-session: a row a session. Give it the module, whose `Store` it extends. What fails without a callback to tell, e.g.
 * `request.session.destroy()`, is its event `error`.
 *
 * @example
 * ```ts
 * app.use(session({ store: createStore(session, tables), secret, resave: false, saveUninitialized: false }));
 * ```
 */
export function createStore<S extends object>(
  session: SessionModule<S>,
  tables: DataSource,
  { table, ttl = DAY }: SessionStoreOptions = {},
): S & SessionTable {
  const entries = tables.repository(entryClassOf(table));
  const Base = session.Store as unknown as new () => EventEmitter;

  class TableSessionStore extends Base implements SessionTable {
    get(sid: string, done: Done<object | null>): void {
      settle(read(entries, sid), done);
    }

    set(sid: string, data: SessionData & object, done: Done<void> = this.#failed): void {
      settle(
        entries.upsert(entryOf(sid, data), { mode: 'replace' }).then(() => undefined),
        done,
      );
    }

    touch(sid: string, data: SessionData, done: Done<void> = this.#failed): void {
      settle(touch(entries, sid, lifeOf(data, ttl)), done);
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

  function entryOf(sid: string, { cookie, ...data }: SessionData & object): SessionEntry {
    return Object.assign(new SessionEntry(), keyOf(sid), { data, ...lifeOf({ cookie }, ttl) });
  }
}

function keyOf(sid: string): { readonly sid: string; readonly kind: string } {
  return { sid, kind: 'session' };
}

/** What is stored of how long a session lives. */
function lifeOf({ cookie }: SessionData, ttl: number): Life {
  const told = cookie?.expires;
  const ends = told instanceof Date || typeof told === 'string';
  const expires = ends ? new Date(told) : new Date(Date.now() + ttl);
  return cookie === undefined ? { expires } : { cookie, expires };
}

function sessionOf({ data, cookie }: SessionEntry): object {
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

async function touch(entries: Repository<SessionEntry>, sid: string, life: Life): Promise<void> {
  try {
    await entries.merge(keyOf(sid), life);
  } catch (error) {
    // A session that was destroyed meanwhile stays so.
    if (!EntitableError.is(error, 'store.not-found')) throw error;
  }
}

/** Calls back outside of the promise, so that what the callback throws is the callback's. */
function settle<V>(promise: Promise<V>, done: Done<V>): void {
  promise.then(
    (value) => process.nextTick(done, null, value),
    (error: unknown) => process.nextTick(done, error),
  );
}
