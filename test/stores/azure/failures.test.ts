import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { RestError } from '@azure/core-rest-pipeline';
import { expect } from 'chai';
import type { TableStore } from '../../../src/store/table-store.js';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { CannedService, cannedStore, ETAG, ENDPOINT, KEY, type Answer } from './canned-service.js';
import { outcomeOf } from './outcome.js';
import { shapeOf } from './row-values.js';

const SHAPE = shapeOf({ a: 'String' });
const hang: Answer = () => new Promise(() => undefined);

const ROW = `{"odata.etag":${JSON.stringify(ETAG)},"PartitionKey":"p","RowKey":"r"}`;

describe('A rejected request or a lost response on Azure', () => {
  const answers: readonly (readonly [answer: string, read: string, write: string])[] = [
    ['400 InvalidInput', 'store.rejected', 'store.rejected'],
    ['400 PropertyNameInvalid', 'store.rejected', 'store.rejected'],
    ['401', 'store.unauthorized', 'store.unauthorized'],
    ['403 AuthenticationFailed', 'store.unauthorized', 'store.unauthorized'],
    ['404 TableNotFound', 'store.table-not-found', 'store.table-not-found'],
    ['404 ResourceNotFound', 'done', 'store.not-found'],
    ['404 EntityNotFound', 'done', 'store.not-found'],
    ['408', 'store.unavailable', 'store.outcome-unknown'],
    ['409 EntityAlreadyExists', 'store.already-exists', 'store.already-exists'],
    ['409 TableBeingDeleted', 'store.unavailable', 'store.unavailable'],
    ['412 UpdateConditionNotSatisfied', 'store.precondition-failed', 'store.precondition-failed'],
    ['412', 'store.precondition-failed', 'store.precondition-failed'],
    ['413 RequestBodyTooLarge', 'store.rejected', 'store.rejected'],
    ['429 TooManyRequests', 'store.throttled', 'store.throttled'],
    ['429', 'store.throttled', 'store.throttled'],
    ['500 InternalError', 'store.unavailable', 'store.outcome-unknown'],
    ['500 OperationTimedOut', 'store.unavailable', 'store.outcome-unknown'],
    ['501 NotImplemented', 'store.rejected', 'store.rejected'],
    ['502', 'store.unavailable', 'store.outcome-unknown'],
    ['503 ServerBusy', 'store.throttled', 'store.throttled'],
    ['503', 'store.unavailable', 'store.unavailable'],
    ['504', 'store.unavailable', 'store.outcome-unknown'],
  ];
  for (const [answer, read, write] of answers) {
    it(`After a response with status ${answer}, a read ends with ${read} and a write with ${write}`, async () => {
      const [status, serviceCode] = answer.split(' ');
      const { store, sent } = await cannedStore(() => ({
        status: Number(status),
        headers: { 'x-ms-request-id': 'r-1' },
        body:
          serviceCode === undefined
            ? '<html>no JSON</html>'
            : `{"odata.error":{"code":"${serviceCode}","message":{"value":"secret words"}}}`,
      }));
      expect((await outcomeOf(point(store))).code).to.equal(read);
      expect(await outcomeOf(write1(store))).to.deep.equal({
        code: write,
        details: {
          table: 'Orders',
          operation: 0,
          status: Number(status),
          ...(serviceCode === undefined ? {} : { serviceCode }),
          requestId: 'r-1',
        },
      });
      expect(sent).to.have.length(2);
    });
  }

  it('The service code is read from a header if the body has none, or from XML', async () => {
    const codes = await Promise.all(
      [
        { headers: { 'x-ms-error-code': 'TableNotFound' }, body: '' },
        {
          headers: {},
          body: '\uFEFF<?xml version="1.0"?><m:error xmlns:m="x"><m:code>TableNotFound</m:code><m:message>Gone</m:message></m:error>',
        },
        { headers: {}, body: '<Error><Code>TableNotFound</Code></Error>' },
      ].map(async (answer) => outcomeOf(point((await cannedStore(() => ({ status: 404, ...answer }))).store))),
    );
    expect(codes.map(({ code }) => code)).to.deep.equal(Array(3).fill('store.table-not-found'));
  });

  it('The message of the service appears only in the cause of an error', async () => {
    const body = '{"odata.error":{"code":"InvalidInput","message":{"value":"bad value 42-secret"}}}';
    const { store } = await cannedStore(() => ({ status: 400, body }));
    const error = (await write1(store).catch((reason: unknown) => reason)) as Error;
    expect(error.message).not.to.contain('42-secret');
    expect(error.cause).to.be.instanceOf(RestError).and.deep.include({ code: 'InvalidInput', statusCode: 400 });
  });

  const failures: readonly (readonly [name: string, failure: () => Error, write: string])[] = [
    [
      'connection refused',
      () => new RestError('connect ECONNREFUSED 10.0.0.1:443', { code: 'ECONNREFUSED' }),
      'store.unavailable',
    ],
    ['unknown host', () => new RestError('getaddrinfo ENOTFOUND nowhere', { code: 'ENOTFOUND' }), 'store.unavailable'],
    [
      'no connection in time',
      () => new RestError('connect ETIMEDOUT 10.0.0.1:443', { code: 'ETIMEDOUT' }),
      'store.unavailable',
    ],
    [
      'a certificate that is not trusted',
      () => new RestError('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'store.unavailable',
    ],
    ['connection reset', () => new RestError('read ECONNRESET', { code: 'ECONNRESET' }), 'store.outcome-unknown'],
    ['silence', () => new RestError('socket hang up', { code: 'ECONNRESET' }), 'store.outcome-unknown'],
    [
      'a body that broke off',
      () => new RestError('Error reading response as text: aborted', { code: 'PARSE_ERROR' }),
      'store.outcome-unknown',
    ],
    ['something unforeseen', () => new TypeError('oops'), 'store.outcome-unknown'],
  ];
  for (const [name, failure, write] of failures) {
    it(`A network failure (${name}) ends a read with store.unavailable and a write with ${write}, each sent once`, async () => {
      const { store, sent } = await cannedStore(() => {
        throw failure();
      });
      expect((await outcomeOf(point(store))).code).to.equal('store.unavailable');
      expect((await outcomeOf(scanAll(store))).code).to.equal('store.unavailable');
      expect((await outcomeOf(write1(store))).code).to.equal(write);
      expect(sent).to.have.length(3);
    });
  }

  for (const body of ['{"PartitionKey":"p","Row', '<html></html>', '', 'null']) {
    it(`A read whose response is ${JSON.stringify(body)} fails with store.unavailable`, async () => {
      const { store } = await cannedStore(() => ({ status: 200, body }));
      expect((await outcomeOf(point(store))).code).to.equal('store.unavailable');
      expect((await outcomeOf(scanAll(store))).code).to.equal('store.unavailable');
    });
  }

  it('A page whose response contains no list of rows fails with store.unavailable', async () => {
    for (const body of ['{"value":5}', '{"value":null}', '{}']) {
      const { store } = await cannedStore(() => ({ status: 200, body }));
      expect((await outcomeOf(scanAll(store))).code, body).to.equal('store.unavailable');
    }
  });

  it('An error that a decoder throws passes through unchanged', async () => {
    const { store } = await cannedStore(({ url }) => ({
      status: 200,
      body: url.includes('(Part') ? ROW : `{"value":[${ROW}]}`,
    }));
    const mine = new RangeError('mine');
    const decode = () => {
      throw mine;
    };
    const rows = store.rows('Orders', SHAPE);
    expect(await rows.get('p', 'r', decode).catch((error: unknown) => error)).to.equal(mine);
    expect(
      await rows
        .scan({}, decode)
        [Symbol.asyncIterator]()
        .next()
        .catch((error: unknown) => error),
    ).to.equal(mine);
  });

  it('A signal or a timeout ends a read with a code of its own, even if the service never responds', async () => {
    const { store } = await cannedStore(hang);
    expect(await outcomeOf(point(store, { timeout: 5 }))).to.deep.equal({
      code: 'store.timeout',
      details: { table: 'Orders' },
    });
    expect((await outcomeOf(point(store, { signal: AbortSignal.timeout(5) }))).code).to.equal('store.aborted');
    expect((await outcomeOf(scanAll(store, { timeout: 5 }))).code).to.equal('store.timeout');
    expect((await outcomeOf(scanAll(store, { signal: AbortSignal.timeout(5) }))).code).to.equal('store.aborted');
  });

  it('Operations that share a signal leave no listener on it and cause no warning', async () => {
    const { store } = await cannedStore(() => ({ status: 204 }));
    const { signal } = new AbortController();
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on('warning', warn);
    await Promise.all(Array.from({ length: 50 }, async () => write1(store, { signal, timeout: 1000 })));
    await new Promise(setImmediate);
    process.off('warning', warn);
    expect([warnings, getEventListeners(signal, 'abort')]).to.deep.equal([[], []]);
  });

  it('A stopped write has an unknown outcome if it was sent, and is reported as stopped if it was not', async () => {
    const { store, sent } = await cannedStore(hang);
    expect((await outcomeOf(write1(store, { timeout: 5 }))).code).to.equal('store.outcome-unknown');
    expect((await outcomeOf(write1(store, { signal: AbortSignal.timeout(5) }))).code).to.equal('store.outcome-unknown');
    expect((await outcomeOf(write1(store, { signal: AbortSignal.abort() }))).code).to.equal('store.aborted');
    expect(sent).to.have.length(2);
  });

  it('A write whose token never arrives does not have an unknown outcome, because nothing was sent', async () => {
    const service = new CannedService(hang);
    const open = (getToken: () => Promise<never>) =>
      openAzure({ endpoint: ENDPOINT, credential: { getToken } }, { httpClient: service });
    const waiting = await open(() => new Promise(() => undefined));
    expect((await outcomeOf(write1(waiting, { timeout: 5 }))).code).to.equal('store.timeout');
    const refusing = await open(() =>
      Promise.reject(Object.assign(new Error('no identity'), { name: 'CredentialUnavailableError' })),
    );
    expect((await outcomeOf(write1(refusing))).code).to.equal('store.unauthorized');
    expect(service.sent).to.deep.equal([]);
  });

  it('A closed store rejects every operation', async () => {
    const { store, sent } = await cannedStore(hang);
    const write = prepare(store);
    await store[Symbol.asyncDispose]();
    for (const operation of [
      point(store),
      scanAll(store),
      store.submit('Orders', [write]),
      store.createTable('A'),
      store.deleteTable('A'),
      store.tables(),
    ]) {
      expect((await outcomeOf(operation)).code).to.equal('store.closed');
    }
    expect(sent).to.deep.equal([]);
  });

  it('Errors and stores contain no secret, even when they are inspected', async () => {
    const signature = 'sv=2019-02-02&sig=TOPSECRETsignature%3D';
    const service = new CannedService((_, request) => {
      throw new RestError('socket hang up', { code: 'ECONNRESET', request });
    });
    const store = await openAzure(
      { endpoint: ENDPOINT, credential: { signature } },
      { httpClient: service, retry: { maxRetries: 0 } },
    );
    const error = (await write1(store).catch((reason: unknown) => reason)) as Error;
    expect(service.sent[0]!.url).to.contain('TOPSECRET');
    const shown = [
      inspect(error, { depth: 9 }),
      inspect(store, { depth: 9, showHidden: true }),
      String(error),
      error.stack,
      store.traits.identity,
    ];
    expect(shown.join('\n')).not.to.contain('TOPSECRET').and.not.contain(KEY.key);
  });
});

function prepare(store: TableStore) {
  return store.rows('Orders', SHAPE).prepare({ mode: 'insert', partitionKey: 'p', rowKey: 'r' });
}

function write1(store: TableStore, options?: { readonly timeout?: number; readonly signal?: AbortSignal }) {
  return store.submit('Orders', [prepare(store)], options);
}

async function point(store: TableStore, options?: { readonly timeout?: number; readonly signal?: AbortSignal }) {
  return store.rows('Orders', SHAPE).get('p', 'r', () => 1, {}, options);
}

async function scanAll(store: TableStore, options?: { readonly timeout?: number; readonly signal?: AbortSignal }) {
  for await (const _ of store.rows('Orders', SHAPE).scan({}, () => 1, options)) continue;
}
