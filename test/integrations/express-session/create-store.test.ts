import { expect } from 'chai';
import express from 'express';
import session from 'express-session';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { createStore } from 'entitable/express-session';
import { onEveryStore, rejection, type Opened } from '../../support/every-store.js';

declare module 'express-session' {
  interface SessionData {
    views: number;
    notes?: string;
    size?: bigint;
  }
}

type Store = ReturnType<typeof storeOf>;
const storeOf = ({ tables }: Opened) => createStore(session, tables);
const writing =
  (store: Store, verb: 'set' | 'touch') =>
  (sid: string, data: session.SessionData): Promise<void> =>
    new Promise((resolve, reject) => {
      store[verb]!(sid, data, (error?: Error) => (error ? reject(error) : resolve()));
    });
const servers: { close(): void }[] = [];

/** Starts an application on a real port, and returns a browser that keeps its cookie. */
async function browserOf(store: Store): Promise<(path: string) => Promise<unknown>> {
  const app = express();
  app.use(
    session({
      store,
      secret: 'only a test',
      resave: false,
      saveUninitialized: false,
      rolling: true,
    }),
  );
  app.get('/count', (request, response) => {
    request.session.views = (request.session.views ?? 0) + 1;
    response.json({ views: request.session.views });
  });
  app.get('/look', (request, response) => void response.json({ views: request.session.views ?? null }));
  app.get('/leave', (request, response, next) => {
    request.session.destroy((error: unknown) => (error ? next(error) : response.json({ left: true })));
  });
  const server = app.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let cookie = '';
  return async (path) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return answer.json();
  };
}

onEveryStore('A session store of Express', (open) => {
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  it('A session store keeps the sessions of two browsers apart across requests', async () => {
    const store = storeOf(await open());
    const [one, other] = [await browserOf(store), await browserOf(store)];
    expect(await one('/count')).to.deep.equal({ views: 1 });
    expect(await one('/count')).to.deep.equal({ views: 2 });
    expect(await other('/count')).to.deep.equal({ views: 1 });
    expect(await one('/look')).to.deep.equal({ views: 2 });
    expect(await one('/leave')).to.deep.equal({ left: true });
    expect(await one('/count')).to.deep.equal({ views: 1 });
    expect(await promisify(store.length!.bind(store))()).to.equal(2);
    expect(Object.values((await promisify(store.all!.bind(store))()) ?? {}).map(({ views }) => views)).to.deep.equal([
      1, 1,
    ]);
    await promisify(store.clear!.bind(store))();
    expect(await other('/look')).to.deep.equal({ views: null });
  });

  it('A session store expires sessions, extends those in use and prunes the expired ones', async () => {
    const store = storeOf(await open());
    const get = promisify(store.get.bind(store));
    const data = (ms: number): session.SessionData => ({
      cookie: { originalMaxAge: ms, expires: new Date(Date.now() + ms) },
      views: 1,
    });
    const set = writing(store, 'set');
    const touch = writing(store, 'touch');
    await set('a/b', data(60_000));
    await set('ended', data(-1));
    await set('touched', data(-1));
    await touch('touched', data(60_000));
    await touch('nobody', data(60_000));
    expect(
      await Promise.all(['a/b', 'ended', 'touched', 'nobody'].map(async (sid) => (await get(sid))?.views)),
    ).to.deep.equal([1, undefined, 1, undefined]);
    expect(await store.prune()).to.equal(1);
    expect(await promisify(store.length!.bind(store))()).to.equal(2);
  });

  it('A session store updates the cookie of a session that is only touched', async () => {
    const store = storeOf(await open());
    const cookie = { originalMaxAge: 1000, expires: new Date(Date.now() + 1000), path: '/' };
    const later = { ...cookie, originalMaxAge: 60_000, expires: new Date(Date.now() + 60_000) };
    await writing(store, 'set')('sid', { cookie, views: 1 });
    await writing(store, 'touch')('sid', { cookie: later, views: 2 });
    expect(await promisify(store.get.bind(store))('sid')).to.deep.equal({
      cookie: { ...later, expires: later.expires.toISOString() },
      views: 1,
    });
  });

  it('A session store stores sessions larger than a String and refuses one that exceeds an entity', async () => {
    const store = storeOf(await open());
    const large = {
      cookie: { originalMaxAge: null },
      views: 1,
      notes: 'x'.repeat(32_750) + '😀'.repeat(20) + 'x'.repeat(40_000),
    };
    await writing(store, 'set')('sid', large);
    expect(await promisify(store.get.bind(store))('sid')).to.deep.equal(large);
    const small = { cookie: { originalMaxAge: null }, views: 2 };
    await writing(store, 'set')('sid', small);
    expect(await promisify(store.get.bind(store))('sid')).to.deep.equal(small);
    const huge = { ...small, notes: 'x'.repeat(2 ** 21) };
    expect(await rejection(writing(store, 'set')('sid', huge))).to.include({ code: 'validation.entity-too-large' });
    const strange = { ...small, size: 5n };
    expect(await rejection(writing(store, 'set')('sid', strange))).to.include({ code: 'validation.converter-failed' });
    expect(await promisify(store.get.bind(store))('sid')).to.deep.equal(small);
  });

  it('A session store refuses a session whose getters or toJSON throw or return no object', async () => {
    const store = storeOf(await open());
    const cookie = { originalMaxAge: null };
    const fails = (): never => {
      throw new Error('the session’s own');
    };
    const hostile: Readonly<Record<string, object>> = {
      'toJSON gives undefined': { cookie, toJSON: () => undefined },
      'toJSON gives a text': { cookie, toJSON: () => 'text' },
      'toJSON fails': { cookie, toJSON: fails },
      'toJSON of its class gives undefined': Object.assign(Object.create({ toJSON: () => undefined }) as object, {
        cookie,
      }),
      'the cookie fails': Object.defineProperty({}, 'cookie', { get: fails, enumerable: true }),
      'toJSON of the cookie gives undefined': { cookie: { toJSON: () => undefined } },
      'the end of the cookie fails': { cookie: Object.defineProperty({}, 'expires', { get: fails }) },
      'a value fails': { cookie, data: { toJSON: fails } },
      'it is a proxy that fails': new Proxy({}, { get: fails, ownKeys: fails }),
    };
    const codes = async (verb: 'set' | 'touch'): Promise<readonly unknown[]> =>
      Promise.all(
        Object.entries(hostile).map(async ([title, given]) => {
          const error: unknown = await writing(store, verb)('sid', given as session.SessionData).catch(
            (reason: unknown) => reason,
          );
          return [title, (error as { readonly code?: string } | undefined)?.code];
        }),
      );
    expect(await codes('set')).to.deep.equal(
      Object.keys(hostile).map((title) => [title, 'validation.converter-failed']),
    );
    // Touching a session reads only its cookie.
    expect(await codes('touch')).to.deep.equal(
      Object.keys(hostile).map((title) => [
        title,
        title === 'a value fails' ? undefined : 'validation.converter-failed',
      ]),
    );
    expect(await promisify(store.get.bind(store))('sid')).to.equal(null);
  });

  it("A session store stores the result of a session's own toJSON", async () => {
    const store = storeOf(await open());
    const cookie = { originalMaxAge: null };
    const kept = { cookie, views: 2, toJSON: () => ({ cookie, views: 3, toJSON: () => undefined }) };
    await writing(store, 'set')('sid', kept);
    expect(await promisify(store.get.bind(store))('sid')).to.deep.equal({ cookie, views: 3 });
  });

  it('A session store stores a session whose cookie expires after the last date of the service', async () => {
    const store = storeOf(await open());
    const expires = new Date('+012026-01-01T00:00:00Z');
    await writing(store, 'set')('sid', { cookie: { originalMaxAge: 1, expires }, views: 1 });
    await writing(store, 'touch')('sid', { cookie: { originalMaxAge: 2, expires }, views: 1 });
    expect(await promisify(store.get.bind(store))('sid')).to.deep.equal({
      cookie: { originalMaxAge: 2, expires: expires.toISOString() },
      views: 1,
    });
  });

  it('A session store refuses the null that it returned for a missing session', async () => {
    const store = storeOf(await open());
    const gone = (await promisify(store.get.bind(store))('sid')) as unknown as session.SessionData;
    for (const verb of ['set', 'touch'] as const) {
      expect(await rejection(writing(store, verb)('sid', gone)), verb).to.include({
        code: 'validation.invalid-option',
      });
    }
    expect(() => store.get('sid', undefined as never)).to.throw('The last argument takes a callback, not undefined.');
  });

  it('A session store names its table by the tableName option of its data source, so that tenants stay apart', async () => {
    const { tables, tableName } = await open();
    const stores = ['A', 'B'].map((tenant) =>
      createStore(
        session,
        tables.withTables((name) => tableName(tenant + name)),
        { table: 'Visits' },
      ),
    );
    await writing(stores[0]!, 'set')('sid', { cookie: { originalMaxAge: null }, views: 1 });
    const found = await Promise.all(stores.map(async (store) => promisify(store.get.bind(store))('sid')));
    expect(found.map((data) => data?.views)).to.deep.equal([1, undefined]);
    expect(await tables.tables.exists(tableName('AVisits'))).to.be.true;
    expect(() => createStore(session, tables, { table: 'no name' })).to.throw('a table name is');
  });

  it('A session store reports an error to the callback, and without one as an error event', async () => {
    const opened = await open();
    const store = storeOf(opened);
    await opened.tables.close();
    const error: unknown = await promisify(store.get.bind(store))('sid').catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'store.closed' });
    const event = once(store, 'error');
    store.destroy('sid');
    expect((await event)[0]).to.include({ code: 'store.closed' });
  });
});
