import { Readable } from 'node:stream';
import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { expect } from 'chai';
import { PARTITION_KEY, ROW_KEY } from '../../../src/store/row.js';
import { comparison } from '../../../src/store/filter-node.js';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { cannedStore, ENDPOINT, ETAG, KEY, type CannedAnswer, type SentRequest } from './canned-service.js';
import { outcomeOf } from './outcome.js';
import { shapeOf } from './row-values.js';

const SHAPE = shapeOf({ a: 'String' });

describe('Scans on Azure', () => {
  it('A scan returns empty pages that have a continuation, and ends at a page without one', async () => {
    const { store } = await cannedStore(pages(['a'], [], [], ['b', 'c']));
    const found = await collect(store.rows('T', SHAPE).scan({}, (row) => row.string(ROW_KEY)));
    expect(found.map(({ rows }) => rows)).to.deep.equal([['a'], [], [], ['b', 'c']]);
    expect(found.map(({ continuation }) => continuation !== undefined)).to.deep.equal([true, true, true, false]);
  });

  it('A scan rejects a page whose continuation is its own, because it would never end', async () => {
    for (const request of [{}, { ahead: 1 }]) {
      const { store, sent } = await cannedStore(() => page([], { NextPartitionKey: 'a', NextRowKey: 'b' }));
      const error: unknown = await collect(store.rows('T', SHAPE).scan(request, () => 1)).catch((e: unknown) => e);
      expect(error).to.deep.include({
        code: 'store.unavailable',
        details: { table: 'T', status: 200, contentType: 'application/json' },
      });
      expect(sent.length).to.equal(2);
    }
    const { store } = await cannedStore(() => ({
      status: 200,
      headers: { 'x-ms-continuation-NextTableName': 'A' },
      body: '{"value":[]}',
    }));
    expect(await store.tables({}).then(({ continuation }) => continuation)).to.equal('A');
    expect(await outcomeOf(store.tables({ continuation: 'A' }))).to.deep.include({ code: 'store.unavailable' });
  });

  it('A scan rejects a row whose ETag cannot be sent back, if ETags are requested', async () => {
    for (const etag of ['', 'é', 'x\r\ny', 'x'.repeat(300)]) {
      const body = JSON.stringify({ value: [{ 'odata.etag': etag, PartitionKey: 'p', RowKey: 'r' }] });
      const { store } = await cannedStore(() => ({ status: 200, body }));
      const error: unknown = await collect(store.rows('T', SHAPE).scan({}, (row) => row.etag)).catch((e: unknown) => e);
      expect(error).to.deep.include({
        code: 'store.unavailable',
        details: { table: 'T', status: 200, contentType: 'application/json' },
      });
    }
  });

  it('A scan does not send a missing row token, and otherwise sends both tokens back exactly', async () => {
    const answers = [{ NextPartitionKey: '1!8!cGs+/ &=' }, { NextPartitionKey: "p'é", NextRowKey: 'r+ %' }, {}];
    const { store, sent } = await cannedStore(() => page([], answers[sent.length - 1]!));
    await collect(store.rows('T', SHAPE).scan({ partitionKey: 'p' }, () => 1));
    expect(sent.map(({ url }) => Array.from(new URL(url).searchParams))).to.deep.equal([
      [['$filter', "PartitionKey eq 'p'"]],
      [
        ['$filter', "PartitionKey eq 'p'"],
        ['NextPartitionKey', '1!8!cGs+/ &='],
      ],
      [
        ['$filter', "PartitionKey eq 'p'"],
        ['NextPartitionKey', "p'é"],
        ['NextRowKey', 'r+ %'],
      ],
    ]);
  });

  it('Scans with many different selections in turn each read what they select', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `n${index}`);
    const { store } = await cannedStore(({ url }) => {
      const select = new URL(url).searchParams.get('$select')!.split(',');
      const value = (name: string) => (name.endsWith('Key') ? 'r' : Number(name.slice(1)) * 3);
      const row = Object.fromEntries(select.map((name) => [name, value(name)]));
      return { status: 200, body: JSON.stringify({ value: [row, row] }) };
    });
    const rows = store.rows('T', shapeOf(Object.fromEntries(names.map((name) => [name, 'Int32']))));
    for (const first of [...names.keys(), 0, 7]) {
      const slots = [first, (first * 7 + 1) % names.length];
      const [found] = await collect(rows.scan({ select: slots }, (row) => slots.map((slot) => row.number(slot))));
      expect(found!.rows).to.deep.equal([slots, slots].map((each) => each.map((slot) => slot * 3)));
    }
  });

  it('A scan begins at its continuation', async () => {
    const { store, sent } = await cannedStore(pages(['a'], ['b']));
    const rows = store.rows('T', SHAPE);
    const first = await rows
      .scan({}, () => 1)
      [Symbol.asyncIterator]()
      .next();
    await collect(rows.scan({ continuation: (first.value as { continuation: string }).continuation }, () => 1));
    expect(sent.map(({ url }) => new URL(url).searchParams.get('NextPartitionKey'))).to.deep.equal([null, 'page 1']);
  });

  it('A manipulated continuation adds no options to the query', async () => {
    const { store, sent } = await cannedStore(() => page([], {}));
    await collect(
      store.rows('T', SHAPE).scan({ partitionKey: 'p', continuation: "x&$filter=true\ny&$select=a#?'" }, () => 1),
    );
    expect(Array.from(new URL(sent[0]!.url).searchParams)).to.deep.equal([
      ['$filter', "PartitionKey eq 'p'"],
      ['NextPartitionKey', 'x&$filter=true'],
      ['NextRowKey', "y&$select=a#?'"],
    ]);
  });

  it('A filter that is too long for a URL is sent as the only part of a batch, page by page', async () => {
    const value = "it's 日本 ".repeat(400);
    const answers = [
      {
        headers:
          'content-type: application/json\r\nx-ms-continuation-NextPartitionKey: one\r\nx-ms-continuation-NextRowKey: two',
        body: page(['a'], {}).body!,
      },
      { headers: 'Content-Type: application/json', body: page(['b'], {}).body! },
    ];
    const { store, sent } = await cannedStore(() =>
      inBatch(200, answers[sent.length - 1]!.headers, answers[sent.length - 1]!.body),
    );
    const filter = comparison('a', 'eq', { type: 'String', value });
    const found = await collect(store.rows('T', SHAPE).scan({ filter, ahead: 1 }, (row) => row.string(ROW_KEY)));
    expect(found.map(({ rows }) => rows)).to.deep.equal([['a'], ['b']]);
    expect(sent.map(({ method, url }) => [method, url])).to.deep.equal(
      Array.from({ length: 2 }, () => ['POST', `${ENDPOINT}/$batch`]),
    );
    const queries = sent.map(({ body }) => new URL(/^GET (\S+) HTTP\/1.1\r$/m.exec(body!)![1]!).searchParams);
    expect(
      queries.map((query) => [query.get('$filter'), query.get('NextPartitionKey'), query.get('NextRowKey')]),
    ).to.deep.equal([
      [`a eq '${value.replaceAll("'", "''")}'`, null, null],
      [`a eq '${value.replaceAll("'", "''")}'`, 'one', 'two'],
    ]);
    const { store: refusing } = await cannedStore(() =>
      inBatch(400, 'A: b', '{"odata.error":{"code":"InvalidInput"}}'),
    );
    expect((await outcomeOf(collect(refusing.rows('T', SHAPE).scan({ filter }, () => 1)))).details).to.deep.equal({
      table: 'T',
      status: 400,
      serviceCode: 'InvalidInput',
    });
  });

  it('A scan sends no request before it is iterated, and then one for each page', async () => {
    const { store, sent } = await cannedStore(pages(['a'], ['b'], ['c']));
    const iterator = store
      .rows('T', SHAPE)
      .scan({}, () => 1)
      [Symbol.asyncIterator]();
    const counts = [sent.length];
    for (let index = 0; index < 3; index++) {
      await iterator.next();
      counts.push(sent.length);
    }
    expect(counts).to.deep.equal([0, 1, 2, 3]);
    expect(await iterator.next()).to.deep.equal({ done: true, value: undefined });
  });

  it('A scan serves concurrent calls of next() in order', async () => {
    const { store, sent } = await cannedStore(pages(['a'], ['b']));
    const iterator = store
      .rows('T', SHAPE)
      .scan({}, (row) => row.string(ROW_KEY))
      [Symbol.asyncIterator]();
    const results = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
    expect(results.map(({ value }) => (value as { rows: string[] } | undefined)?.rows)).to.deep.equal([
      ['a'],
      ['b'],
      undefined,
    ]);
    expect(sent).to.have.length(2);
  });

  it('A scan reports an error at the page to which it belongs, and ends', async () => {
    for (const ahead of [0, 2]) {
      const answer = pages(['a'], ['b']);
      const { store } = await cannedStore((request) =>
        request.url.includes('page%201') ? { status: 500 } : answer(request),
      );
      const iterator = store
        .rows('T', SHAPE)
        .scan({ ahead }, () => 1)
        [Symbol.asyncIterator]();
      expect((await iterator.next()).done).to.equal(false);
      expect((await outcomeOf(iterator.next())).code).to.equal('store.unavailable');
      expect((await iterator.next()).done).to.equal(true);
    }
  });

  it('A scan that reads ahead requests the next page when the headers of one have arrived, before its body', async () => {
    const trickle = new TricklingService(4);
    const store = await openAzure({ endpoint: ENDPOINT, credential: KEY }, { httpClient: trickle });
    const iterator = store
      .rows('T', SHAPE)
      .scan({ ahead: 1 }, (row) => row.string(PARTITION_KEY))
      [Symbol.asyncIterator]();
    const first = iterator.next();
    await trickle.requested(2);
    expect(trickle.bodies).to.equal(0);
    trickle.release();
    expect((await first).value).to.deep.include({ rows: ['page 0'] });
    const rest = await collect({ [Symbol.asyncIterator]: () => iterator });
    expect(rest.map(({ rows }) => rows)).to.deep.equal([['page 1'], ['page 2'], ['page 3']]);
  });

  it('Calling return() ends a waiting next() and stops the request', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { store } = await cannedStore((_, { abortSignal }) => {
      signals.push(abortSignal as AbortSignal);
      return new Promise((_resolve, reject) =>
        abortSignal!.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    });
    const iterator = store
      .rows('T', SHAPE)
      .scan({}, () => 1)
      [Symbol.asyncIterator]();
    const waiting = iterator.next();
    await new Promise(setImmediate);
    await iterator.return!();
    expect(await waiting).to.deep.equal({ done: true, value: undefined });
    expect(signals.map((signal) => signal?.aborted)).to.deep.equal([true]);
  });

  it('The timeout of a scan applies to each page, and not to the time between pages', async () => {
    const answers = pages(['a'], ['b'], ['c']);
    const { store, sent } = await cannedStore((request) =>
      sent.length < 3 ? answers(request) : new Promise(() => undefined),
    );
    const iterator = store
      .rows('T', SHAPE)
      .scan({}, () => 1, { timeout: 100 })
      [Symbol.asyncIterator]();
    expect((await iterator.next()).done).to.equal(false);
    await new Promise((resolve) => setTimeout(resolve, 110));
    expect((await iterator.next()).done).to.equal(false);
    expect((await outcomeOf(iterator.next())).code).to.equal('store.timeout');
    expect(sent).to.have.length(3);
  });
});

function inBatch(status: number, head: string, body: string): CannedAnswer {
  const part = `Content-Type: application/http\r\n\r\nHTTP/1.1 ${status} Any\r\n${head}\r\n\r\n${body}`;
  const headers = { 'Content-Type': 'multipart/mixed; boundary=batchresponse_1' };
  return { status: 202, headers, body: `--batchresponse_1\r\n${part}\r\n--batchresponse_1--\r\n` };
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

function page(rowKeys: readonly string[], next: Readonly<Record<string, string>>): CannedAnswer {
  return {
    status: 200,
    headers: Object.fromEntries(Object.entries(next).map(([name, value]) => [`x-ms-continuation-${name}`, value])),
    body: JSON.stringify({ value: rowKeys.map((RowKey) => ({ 'odata.etag': ETAG, PartitionKey: 'p', RowKey })) }),
  };
}

/** Returns an answer that splits a table into pages. The token of a page is its number. */
function pages(...all: readonly (readonly string[])[]) {
  return ({ url }: SentRequest): CannedAnswer => {
    const index = Number(/\d+/.exec(new URL(url).searchParams.get('NextPartitionKey') ?? 'page 0')![0]);
    return page(all[index]!, index + 1 < all.length ? { NextPartitionKey: `page ${index + 1}` } : {});
  };
}

/** An HTTP client that answers with the headers at once, and with the bodies when `release` is called. */
class TricklingService implements HttpClient {
  bodies = 0;
  #requests = 0;
  readonly #count: number;
  #release!: () => void;
  readonly #released = new Promise<void>((resolve) => (this.#release = resolve));

  constructor(count: number) {
    this.#count = count;
  }

  release(): void {
    this.#release();
  }

  async requested(count: number): Promise<void> {
    while (this.#requests < count) await new Promise(setImmediate);
  }

  sendRequest(request: PipelineRequest) {
    const index = this.#requests++;
    expect(request.streamResponseStatusCodes?.has(200)).to.equal(true);
    const next = {
      'x-ms-version': '2019-02-02',
      'content-type': 'application/json',
      ...(index + 1 < this.#count && { 'x-ms-continuation-NextPartitionKey': `${index + 1}` }),
    };
    const readableStreamBody = Readable.from(this.#body(index), { objectMode: false });
    return Promise.resolve({ request, status: 200, headers: createHttpHeaders(next), readableStreamBody });
  }

  async *#body(index: number): AsyncGenerator<Buffer> {
    await this.#released;
    this.bodies++;
    yield Buffer.from(`{"value":[{"odata.etag":${JSON.stringify(ETAG)},"RowKey":"r","PartitionKey":`);
    yield Buffer.from(`"page ${index}"}]}`);
  }
}
