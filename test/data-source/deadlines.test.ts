import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { DataSource, defineEntity, EntitableError, type PartitionKey, type RowKey } from 'entitable';
import { memoryStore } from '../../src/stores/memory/memory-store.js';

/**
 * The time limit of the operations, in milliseconds. An operation that has not ended by `TOO_LATE` counts as endless.
 */
const TIMEOUT = 150;
const TOO_LATE = 2000;

class Row {
  partition!: PartitionKey;
  row!: RowKey;
  text?: string;
}
defineEntity(Row, { table: 'Rows', properties: { partition: 'PartitionKey', row: 'RowKey', text: 'String' } });

/** A row whose validator waits for `judgement`, so that a test decides when it ends. */
class Judged extends Row {}
let judgement: Promise<object> = Promise.resolve({});
defineEntity(Judged, {
  table: 'Judged',
  properties: { partition: 'PartitionKey', row: 'RowKey', text: 'String' },
  schema: { '~standard': { version: 1, vendor: 'test', validate: () => judgement as Promise<{ issues?: undefined }> } },
});

const KEY = { partition: 'p', row: 'r' };
const row = (text?: string): Row => Object.assign(new Row(), KEY, text !== undefined && { text });
const judged = (text?: string): Judged => Object.assign(new Judged(), KEY, text !== undefined && { text });

/** A server for an account without tables. It leaves the creation of a table unanswered until the test answers it. */
class Account {
  readonly creations: (readonly [request: IncomingMessage, response: ServerResponse])[] = [];
  readonly writes: string[] = [];
  readonly #server: Server;
  #exists = false;

  constructor(answerCreation: (response: ServerResponse) => void = () => undefined) {
    this.#server = createServer((request, response) => {
      request.resume().on('end', () => {
        response.setHeader('x-ms-request-id', '1').setHeader('content-type', 'application/json');
        if (request.url?.endsWith('/Tables') === true) {
          this.creations.push([request, response]);
          answerCreation(response);
          return;
        }
        this.writes.push(request.method ?? '');
        const error = { code: 'TableNotFound', message: { value: '0:The table specified does not exist.' } };
        if (this.#exists) response.writeHead(204, { etag: `W/"datetime'2026-01-01T00%3A00%3A00Z'"` }).end();
        else response.writeHead(404).end(JSON.stringify({ 'odata.error': error }));
      });
    });
  }

  /** Answers a request that creates a table and is waiting. */
  create(index: number): void {
    this.#exists = true;
    this.creations[index]![1].writeHead(204).end();
  }

  async open(retry = { tryTimeout: 3000, timeout: 9000 }): Promise<DataSource> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}/account`;
    return DataSource.open({ endpoint, credential: { name: 'account', key: 'AAAA' } }, { retry });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Returns the error of an operation. Throws if the operation succeeds or does not end in time. */
async function failure(operation: Promise<unknown>): Promise<EntitableError> {
  const late = new AbortController();
  const ended = operation.then(
    () => 'success',
    (error: unknown) => error,
  );
  const error: unknown = await Promise.race([
    ended,
    wait(TOO_LATE, 'nothing, in time', { signal: late.signal }).catch(() => 'nothing'),
  ]);
  late.abort();
  if (!EntitableError.is(error)) throw new Error(`expected a failure, not ${String(error)}`, { cause: error });
  return error;
}

/** Returns the code of an error and the codes of the errors in its details. */
function codesOf(error: EntitableError): readonly string[] {
  const { failed = [], unknown = [] } = error.details as {
    readonly failed?: readonly { readonly error: unknown }[];
    readonly unknown?: readonly unknown[];
  };
  return [error.code, ...failed.map((each) => (each.error as EntitableError).code), ...unknown.map(() => 'unknown')];
}

/** The two ways to limit an operation: a timeout, and a signal that is aborted after the same time. */
const LIMITS = [
  ['timeout', () => ({ timeout: TIMEOUT }), 'store.timeout'],
  ['signal', () => ({ signal: AbortSignal.timeout(TIMEOUT) }), 'store.aborted'],
] as const;

for (const [limit, limits, code] of LIMITS) {
  describe(`A ${limit} that ends an operation`, () => {
    const verbs: Readonly<Record<string, (tables: DataSource) => Promise<unknown>>> = {
      insert: (tables) => tables.repository(Row).insert(row(), limits()),
      upsert: (tables) => tables.repository(Row).upsert(row(), limits()),
      merge: (tables) => tables.repository(Row).merge(KEY, { text: 'a' }, limits()),
      insertMany: (tables) => tables.repository(Row).insertMany([row()], limits()),
      unitOfWork: (tables) => tables.unitOfWork((unit) => unit.insert(row()), limits()),
    };
    for (const [verb, run] of Object.entries(verbs)) {
      it(`A ${limit} ends ${verb} while a missing table is created, and the refused write is not reported as unknown`, async () => {
        const account = new Account();
        const tables = await account.open();
        try {
          const error = await failure(run(tables));
          const causes = [...codesOf(error), EntitableError.is(error.cause) ? error.cause.code : error.cause];
          expect(causes).to.not.include('unknown').and.not.include('store.outcome-unknown');
          // An aborted bulk write has the reason of its signal as the cause.
          if (verb !== 'insertMany' || limit !== 'signal') expect(causes).to.include(code);
          expect([account.creations.length, account.writes.length]).to.deep.equal([1, 1]);
        } finally {
          await tables.close({ timeout: 10 });
          account.close();
        }
      });
    }

    const judgedVerbs: Readonly<Record<string, (tables: DataSource, stored: Judged) => Promise<unknown>>> = {
      insert: (tables) => tables.repository(Judged).insert(judged(), limits()),
      upsert: (tables) => tables.repository(Judged).upsert(judged(), limits()),
      replace: (tables, stored) => tables.repository(Judged).replace(stored, limits()),
      'save of what was loaded': (tables, stored) =>
        tables.repository(Judged).save(Object.assign(stored, { text: 'b' }), limits()),
      merge: (tables) => tables.repository(Judged).merge(KEY, { text: 'a' }, limits()),
      insertMany: (tables) => tables.repository(Judged).insertMany([judged()], limits()),
      'query.merge': (tables) => tables.repository(Judged).query({ partition: 'p' }).merge({ text: 'b' }, limits()),
      'query.merge of a computed patch': (tables) =>
        tables
          .repository(Judged)
          .query({ partition: 'p' })
          .merge(() => ({ text: 'b' }), limits()),
      commit: (tables, stored) =>
        tables.unitOfWork((unit) => unit.repository(Judged).upsert(Object.assign(stored, { text: 'b' })), limits()),
    };
    for (const [verb, run] of Object.entries(judgedVerbs)) {
      it(`A ${limit} ends ${verb} while a validator waits, and nothing is written`, async () => {
        await using tables = await DataSource.open('memory:');
        judgement = Promise.resolve({});
        const stored = await tables.repository(Judged).insert(judged('a'));
        judgement = new Promise(() => undefined);
        const error = await failure(run(tables, stored));
        if (verb === 'insertMany') {
          expect(codesOf(error)).to.deep.equal(
            limit === 'timeout' ? ['commit.bulk-stopped', code] : ['commit.bulk-stopped'],
          );
          expect((error as EntitableError<'commit.bulk-stopped'>).details.pending).to.have.lengthOf(
            limit === 'timeout' ? 0 : 1,
          );
        } else expect(error.code).to.equal(code);
        expect(await tables.repository(Judged).get(KEY)).to.deep.include({ ...KEY, text: 'a' });
      });
    }

    it(`A ${limit} ends modify while its callback is waiting`, async () => {
      await using tables = await DataSource.open('memory:');
      const rows = tables.repository(Row);
      const forever = (): Promise<never> => new Promise(() => undefined);
      expect((await failure(rows.modify(KEY, () => undefined, { ...limits(), missing: forever }))).code).to.equal(code);
      await rows.insert(row('a'));
      expect((await failure(rows.modify(KEY, forever, limits()))).code).to.equal(code);
    });

    it(`A ${limit} ends an operation whose validator fails later, without an unhandled rejection`, async () => {
      await using tables = await DataSource.open('memory:');
      judgement = wait(2 * TIMEOUT).then(() => {
        throw new Error('too late to matter');
      });
      expect((await failure(tables.repository(Judged).insert(judged(), limits()))).code).to.equal(code);
      await wait(2 * TIMEOUT); // an unhandled rejection would end the process
    });
  });
}

describe('A signal that ends a wait for input', () => {
  async function* waiting(): AsyncGenerator<Row, void, undefined> {
    yield row();
    await new Promise(() => undefined);
  }

  it('A signal ends insertMany while its input is waiting, and every entity read so far is reported as written or pending', async () => {
    await using tables = await DataSource.open('memory:');
    const error = await failure(tables.repository(Row).insertMany(waiting(), { signal: AbortSignal.timeout(TIMEOUT) }));
    const { read, written, pending } = (error as EntitableError<'commit.bulk-stopped'>).details;
    expect([error.code, read, written + pending.length]).to.deep.equal(['commit.bulk-stopped', 1, 1]);
  });

  it('A signal ends getMany while its input is waiting, and no partial result is returned', async () => {
    await using tables = await DataSource.open('memory:');
    const error = await failure(tables.repository(Row).getMany(waiting(), { signal: AbortSignal.timeout(TIMEOUT) }));
    expect(error.code).to.equal('store.aborted');
  });
});

describe('The creation of a missing table', () => {
  it('The creation of a missing table serves all waiting writers, and one that times out does not stop it for the others', async () => {
    const account = new Account();
    const tables = await account.open();
    const rows = tables.repository(Row);
    const patient = rows.insert(row());
    expect((await failure(rows.insert(row(), { timeout: TIMEOUT }))).code).to.equal('store.timeout');
    account.create(0);
    expect(await patient).to.include(KEY);
    expect(account.creations).to.have.lengthOf(1);
    await tables.close();
    account.close();
  });

  it('The creation of a missing table is stopped when no writer waits any longer, and the next writer begins it again', async () => {
    const account = new Account();
    const tables = await account.open();
    const rows = tables.repository(Row);
    expect((await failure(rows.insert(row(), { timeout: TIMEOUT }))).code).to.equal('store.timeout');
    const next = rows.insert(row());
    while (account.creations.length < 2) await wait(5);
    expect(account.creations[0]![0].destroyed).to.equal(true);
    account.create(1);
    expect(await next).to.include(KEY);
    await tables.close();
    account.close();
  });

  it('The creation of a missing table whose response is lost throws store.unavailable, because nothing was written', async () => {
    const account = new Account((response) => response.destroy());
    const tables = await account.open({ maxRetries: 0 } as never);
    const error = await failure(tables.repository(Row).insert(row()));
    expect([error.code, EntitableError.is(error.cause) && error.cause.code]).to.deep.equal([
      'store.unavailable',
      'store.outcome-unknown',
    ]);
    await tables.close();
    account.close();
  });
});

describe('DataSource.close', () => {
  it('DataSource.close does not wait longer than its timeout for a store that ignores signals', async () => {
    const store = memoryStore();
    const deaf = Object.assign(Object.create(store) as typeof store, {
      traits: store.traits,
      tables: () => new Promise<never>(() => undefined),
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    });
    const tables = await DataSource.open(deaf, { retry: {} });
    void tables.tables.exists('Rows').catch(() => undefined);
    const began = performance.now();
    await tables.close({ timeout: 10 });
    expect(performance.now() - began).to.be.below(TOO_LATE);
  });
});
