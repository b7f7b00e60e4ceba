import { expect } from 'chai';
import type { TableStore } from '../../../src/store/table-store.js';
import { cannedStore, COSMOS_ENDPOINT, type CannedAnswer } from './canned-service.js';
import { outcomeOf } from './outcome.js';
import { shapeOf, writerOf } from './row-values.js';

const ETAG = `W/"datetime'2026-01-02T03%3A04%3A05.1234567Z'"`;

describe('Transactions on Azure', () => {
  it('A transaction sends the condition of every write, even of deletes', async () => {
    const { store, sent } = await cannedStore(() => ({ status: 500 }));
    const rows = store.rows('Orders', shapeOf({ a: 'String' }));
    const key = (rowKey: string) => ({ partitionKey: 'p', rowKey });
    await outcomeOf(
      store.submit('Orders', [
        rows.prepare({ mode: 'insert', ...key('1') }),
        rows.prepare({ mode: 'merge', ...key('2'), ifMatch: '*' }),
        rows.prepare({ mode: 'replace', ...key('3'), ifMatch: ETAG }),
        rows.prepare({ mode: 'delete', ...key('4'), ifMatch: ETAG }),
        rows.prepare({ mode: 'upsert-merge', ...key('5') }),
        rows.prepare({ mode: 'upsert-replace', ...key('6') }),
      ]),
    );
    expect(sent).to.have.length(1);
    expect(partHeads(sent[0]!.body!)).to.deep.equal([
      ['POST /Orders', '0', undefined],
      ["PATCH /Orders(PartitionKey='p',RowKey='2')", '1', '*'],
      ["PUT /Orders(PartitionKey='p',RowKey='3')", '2', ETAG],
      ["DELETE /Orders(PartitionKey='p',RowKey='4')", '3', ETAG],
      ["PATCH /Orders(PartitionKey='p',RowKey='5')", '4', undefined],
      ["PUT /Orders(PartitionKey='p',RowKey='6')", '5', undefined],
    ]);
  });

  it('A transaction is complete, whatever alphabet its keys and texts use', async () => {
    const { store, sent } = await cannedStore(() => ({ status: 500 }));
    const shape = shapeOf({ a: 'String' });
    const rows = store.rows('Orders', shape);
    const texts = ['plain', 'Zürich', '日本語', '👍🏽 and "more"', 'É'.repeat(10_000)];
    const writes = texts.map((a, index) =>
      rows.prepare({
        mode: 'merge',
        partitionKey: 'é',
        rowKey: `ü${index}`,
        ifMatch: `W/"${index}"`,
        write: writerOf(shape, { a }),
      }),
    );
    await outcomeOf(store.submit('Orders', writes));
    const { body, headers } = sent[0]!;
    const boundary = headers['content-type']!.split('boundary=')[1]!;
    expect(body!.endsWith(`--\r\n--${boundary}--\r\n`)).to.equal(true);
    const bodies = [...body!.matchAll(/\r\n\r\n(\{.*\})\r\n/g)].map(([, json]) => JSON.parse(json!) as object);
    expect(bodies).to.deep.equal(texts.map((a, index) => ({ PartitionKey: 'é', RowKey: `ü${index}`, a })));
    expect(partHeads(body!).map(([, , condition]) => condition)).to.deep.equal(texts.map((_, index) => `W/"${index}"`));
    writes.forEach(({ bytes }, index) => expect(bytes).to.be.greaterThan(Buffer.byteLength(texts[index]!)));
  });

  it('A transaction sends a merge in the form that Cosmos DB accepts', async () => {
    const { store, sent } = await cannedStore(() => ({ status: 500 }), COSMOS_ENDPOINT);
    await outcomeOf(store.submit('Orders', prepared(store, 2, 'upsert-merge')));
    expect(sent[0]!.body).to.contain(
      "POST https://account.table.cosmos.azure.com/Orders(PartitionKey='p',RowKey='0') HTTP/1.1",
    );
    expect(sent[0]!.body).to.contain('X-HTTP-Method: MERGE');
  });

  const refusals: readonly (readonly [name: string, part: string, operation: number | undefined])[] = [
    [
      'names the failed write by the index in the message',
      failure('2:The specified entity already exists.\\nRequestId:1'),
      2,
    ],
    [
      'names the failed write by its Content-ID if the message has no index',
      failure('The specified entity already exists.', 'Content-ID: 1'),
      1,
    ],
    [
      'names no write if it has neither an index nor a Content-ID',
      failure('The specified entity already exists.'),
      undefined,
    ],
    [
      'names no write if the index is not one of the transaction',
      failure('7:The specified entity already exists.'),
      undefined,
    ],
    [
      'names no write if the Content-ID is empty',
      failure('The specified entity already exists.', 'Content-ID:'),
      undefined,
    ],
  ];
  for (const [name, part, operation] of refusals) {
    it(`A rejected transaction ${name}`, async () => {
      const { store } = await cannedStore(() => batchAnswer([part]));
      expect(await outcomeOf(store.submit('Orders', prepared(store, 3)))).to.deep.equal({
        code: 'store.already-exists',
        details: {
          table: 'Orders',
          ...(operation === undefined ? {} : { operation }),
          status: 409,
          serviceCode: 'EntityAlreadyExists',
          requestId: 'request-1',
        },
      });
    });
  }

  it('A response with fewer parts than writes leaves the outcome of the transaction unknown', async () => {
    const { store } = await cannedStore(() => batchAnswer([success(0), success(1)]));
    expect((await outcomeOf(store.submit('Orders', prepared(store, 3)))).code).to.equal('store.outcome-unknown');
  });

  it('A response that is not a batch response leaves the outcome of the transaction unknown', async () => {
    const { store } = await cannedStore(() => ({ status: 202, body: 'HTTP/1.1 204 is not a part' }));
    expect((await outcomeOf(store.submit('Orders', prepared(store, 2)))).code).to.equal('store.outcome-unknown');
  });

  it('The rejection of a whole batch is reported without naming a write', async () => {
    const { store } = await cannedStore(() => ({
      status: 413,
      body: '{"odata.error":{"code":"RequestBodyTooLarge"}}',
    }));
    expect(await outcomeOf(store.submit('Orders', prepared(store, 2)))).to.deep.equal({
      code: 'store.rejected',
      details: { table: 'Orders', status: 413, serviceCode: 'RequestBodyTooLarge' },
    });
  });

  it('The ETags of a transaction are assigned by position, whatever the case and the order of the headers', async () => {
    const { store } = await cannedStore(() =>
      batchAnswer([success(1, 'ETag: "one"'), success(0, 'etag:"two"'), success(2, 'X: y\r\nETAG: "three"')]),
    );
    expect(await store.submit('Orders', prepared(store, 3))).to.deep.equal([
      { etag: '"one"' },
      { etag: '"two"' },
      { etag: '"three"' },
    ]);
  });

  it('An empty transaction sends nothing, and a single write is not sent as a transaction', async () => {
    const { store, sent } = await cannedStore(() => ({ status: 204 }));
    expect(await store.submit('Orders', [])).to.deep.equal([]);
    await store.submit('Orders', prepared(store, 1));
    expect(sent.map(({ url }) => url.includes('$batch'))).to.deep.equal([false]);
  });
});

function prepared(store: TableStore, count: number, mode: 'insert' | 'upsert-merge' = 'insert') {
  const rows = store.rows('Orders', shapeOf({ a: 'String' }));
  return Array.from({ length: count }, (_, index) => rows.prepare({ mode, partitionKey: 'p', rowKey: String(index) }));
}

function partHeads(body: string) {
  return [...body.matchAll(/^(\w+) https:\/\/[^/]+(\/.*) HTTP\/1.1\r\n([^]*?)\r\n\r\n/gm)].map(
    ([, method, path, head]) => [
      `${method} ${path}`,
      /^Content-ID: (.*)$/m.exec(head!)?.[1],
      /^If-Match: (.*)$/m.exec(head!)?.[1],
    ],
  );
}

function success(id: number, header = ''): string {
  return `HTTP/1.1 204 No Content\r\nContent-ID: ${id}\r\n${header}\r\n\r\n`;
}

function failure(message: string, header = 'Cache-Control: no-cache'): string {
  const body = `{"odata.error":{"code":"EntityAlreadyExists","message":{"lang":"en-US","value":"${message}"}}}`;
  return `HTTP/1.1 409 Conflict\r\n${header}\r\nContent-Type: application/json\r\n\r\n${body}`;
}

function batchAnswer(parts: readonly string[]): CannedAnswer {
  const head = 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n';
  const inner = parts.map((part) => `--changesetresponse_1\r\n${head}${part}\r\n`).join('');
  return {
    status: 202,
    headers: { 'Content-Type': 'multipart/mixed; boundary=batchresponse_1', 'x-ms-request-id': 'request-1' },
    body: `--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n${inner}--changesetresponse_1--\r\n--batchresponse_1--\r\n`,
  };
}
