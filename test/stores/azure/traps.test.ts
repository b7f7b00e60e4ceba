import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import { expect } from 'chai';
import type { TypedValue } from '../../../src/edm/edm-type.js';
import { Guid } from '../../../src/edm/guid.js';
import { comparison, junction } from '../../../src/store/filter-node.js';
import type { TableStore } from '../../../src/store/table-store.js';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { startAzurite } from '../../azurite/azurite.js';
import { cannedStore } from './canned-service.js';
import { outcomeOf } from './outcome.js';
import { shapeOf, valuesOf, writerOf } from './row-values.js';

const TABLE = 'Traps';

/** Known problems of `@azure/data-tables` that this store must not share. */
describe('Known problems of the SDK that this store avoids', () => {
  let store: TableStore;
  let client: TableClient;

  before(async () => {
    const { connectionString, endpoint, account, key } = await startAzurite();
    store = await openAzure(connectionString);
    await store.createTable(TABLE);
    client = new TableClient(endpoint, TABLE, new AzureNamedKeyCredential(account, key), {
      allowInsecureConnection: true,
    });
  });

  it("A Binary from a view contains only the view's bytes, not its whole buffer", async () => {
    const shape = shapeOf({ x: 'Binary' });
    const pool = Uint8Array.from([9, 9, 1, 2, 3, 9]);
    await insert('view', shape, (row) => row.binary(0, pool.subarray(2, 5)));
    await insert('empty', shape, (row) => row.binary(0, pool.subarray(3, 3)));
    await insert('buffer', shape, (row) => row.binary(0, Buffer.from('abc')));
    expect(await Promise.all(['view', 'empty', 'buffer'].map(async (key) => read(key, shape)))).to.deep.equal([
      { x: ['Binary', [1, 2, 3]] },
      { x: ['Binary', []] },
      { x: ['Binary', [97, 98, 99]] },
    ]);
  });

  it('NaN and the infinities are stored and read as numbers', async () => {
    const shape = shapeOf({ n: 'Double', p: 'Double', m: 'Double' });
    await insert('special', shape, writerOf(shape, { n: NaN, p: Infinity, m: -Infinity }));
    expect(await read('special', shape)).to.deep.equal({
      n: ['Double', NaN],
      p: ['Double', Infinity],
      m: ['Double', -Infinity],
    });
  });

  it('An integral Double stays a Double, however large it is', async () => {
    const shape = shapeOf({ a: 'Double', b: 'Double', c: 'Double', d: 'Double' });
    const values = { a: 3, b: 3e9, c: 2 ** 53, d: 1e21 };
    await insert('integral', shape, writerOf(shape, values));
    expect(await read('integral', shape)).to.deep.equal(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, ['Double', value]])),
    );
    expect(await rawText('integral'))
      .to.contain('"a":3.0')
      .and.contain('"b":3000000000.0');
  });

  it('An Int64 is a bigint, including the smallest and the largest', async () => {
    const shape = shapeOf({ low: 'Int64', high: 'Int64' });
    const values = { low: -(2n ** 63n), high: 2n ** 63n - 1n };
    await insert('int64', shape, writerOf(shape, values));
    expect(await read('int64', shape)).to.deep.equal({ low: ['Int64', values.low], high: ['Int64', values.high] });
  });

  it('Properties may be called etag, timestamp, partitionKey or rowKey', async () => {
    const shape = shapeOf({
      etag: 'String',
      timestamp: 'Int32',
      partitionKey: 'String',
      rowKey: 'Double',
      odata: 'String',
    });
    await insert(
      'names',
      shape,
      writerOf(shape, { etag: 'mine', timestamp: 7, partitionKey: 'x', rowKey: 1.5, odata: 'y' }),
    );
    const found = await store
      .rows(TABLE, shape)
      .get('p', 'names', (row) => [valuesOf(shape)(row), row.string(-1), row.string(-2), row.etag.slice(0, 12)]);
    expect(found).to.deep.equal([
      {
        etag: ['String', 'mine'],
        timestamp: ['Int32', 7],
        partitionKey: ['String', 'x'],
        rowKey: ['Double', 1.5],
        odata: ['String', 'y'],
      },
      'p',
      'names',
      'W/"datetime\'',
    ]);
  });

  it('A DateTime keeps its precision of 100 ns', async () => {
    const shape = shapeOf({ t: 'DateTime' });
    const moments = [
      [0, 1],
      [-11_644_473_600_000, 0],
      [253_402_300_799_999, 9999],
      [1_577_836_800_123, 4560],
    ] as const;
    for (const [index, moment] of moments.entries()) {
      await insert(`time${index}`, shape, writerOf(shape, { t: moment }));
      expect(await read(`time${index}`, shape)).to.deep.equal({ t: ['DateTime', [...moment]] });
    }
  });

  it('Literals in a filter have their own types, and a text cannot break out of its quotes', async () => {
    const { store: canned, sent } = await cannedStore(() => ({ status: 200, body: '{"value":[]}' }));
    const operands: readonly TypedValue[] = [
      { type: 'Int64', value: 5n },
      { type: 'Double', value: 2 },
      { type: 'Guid', value: Guid.parse('C9DA6455-213D-42C9-9A79-3E9149A57833') },
      { type: 'Binary', value: new Uint8Array([9, 10, 255]).subarray(1) },
      { type: 'String', value: "' or 'a' eq 'a" },
      { type: 'DateTime', value: new Date(0) },
    ];
    const filter = junction(
      'or',
      operands.map((operand) => comparison('a', 'eq', operand)),
    );
    for await (const _ of canned.rows('T', shapeOf({})).scan({ filter }, () => 1)) continue;
    expect(new URL(sent[0]!.url).searchParams.get('$filter')).to.equal(
      "a eq 5L or a eq 2.0 or a eq guid'c9da6455-213d-42c9-9a79-3e9149a57833' or a eq X'0aff' or a eq ''' or ''a'' eq ''a' or " +
        "a eq datetime'1970-01-01T00:00:00Z'",
    );
  });

  it('A delete in a transaction checks its ETag, and an empty transaction sends nothing', async () => {
    const shape = shapeOf({ a: 'Int32' });
    const rows = store.rows(TABLE, shape);
    await insert('doomed', shape, (row) => row.int32(0, 1));
    const etag = (await rows.get('p', 'doomed', (row) => row.etag))!;
    await store.submit(TABLE, [
      rows.prepare({
        mode: 'merge',
        partitionKey: 'p',
        rowKey: 'doomed',
        ifMatch: etag,
        write: (row) => row.int32(0, 2),
      }),
    ]);
    const stale = [
      rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey: 'beside', write: (row) => row.int32(0, 1) }),
      rows.prepare({ mode: 'delete', partitionKey: 'p', rowKey: 'doomed', ifMatch: etag }),
    ];
    const { code, details } = await outcomeOf(store.submit(TABLE, stale));
    expect([code, (details as { operation?: number }).operation]).to.deep.equal(['store.precondition-failed', 1]);
    expect(await read('beside', shape)).to.equal(undefined);
    expect(await store.submit(TABLE, [])).to.deep.equal([]);
  });

  it('Every write of a transaction returns its ETag, and an error part without JSON is still a rejection', async () => {
    const shape = shapeOf({ a: 'Int32' });
    const rows = store.rows(TABLE, shape);
    const writes = (['insert', 'upsert-merge', 'upsert-replace'] as const).map((mode) =>
      rows.prepare({ mode, partitionKey: 'p', rowKey: `tx ${mode}'`, write: (row) => row.int32(0, 1) }),
    );
    const receipts = await store.submit(TABLE, writes);
    const etags = await Promise.all(writes.map(async ({ rowKey }) => rows.get('p', rowKey, (row) => row.etag)));
    expect(receipts.map(({ etag }) => etag)).to.deep.equal(etags);

    const { store: canned } = await cannedStore(() => ({
      status: 202,
      headers: { 'Content-Type': 'multipart/mixed; boundary=b' },
      body: '--b\r\n\r\nHTTP/1.1 409 Conflict\r\n\r\nnot JSON\r\n--b--',
    }));
    const two = ['1', '2'].map((rowKey) =>
      canned.rows('T', shape).prepare({ mode: 'insert', partitionKey: 'p', rowKey }),
    );
    expect((await outcomeOf(canned.submit('T', two))).code).to.equal('store.rejected');
  });

  it('A write that cannot be encoded throws when it is prepared, without an unhandled rejection', () => {
    const rows = store.rows(TABLE, shapeOf({ a: 'Int32' }));
    const failing = () =>
      rows.prepare({
        mode: 'insert',
        partitionKey: 'p',
        rowKey: 'r',
        write: () => {
          throw new RangeError('cannot');
        },
      });
    expect(failing).to.throw(RangeError, 'cannot');
  });

  it('The service code of an error is in its details, for single writes and in transactions', async () => {
    const shape = shapeOf({ a: 'Int32' });
    const write = store.rows(TABLE, shape).prepare({ mode: 'insert', partitionKey: 'p', rowKey: 'twice' });
    const other = store.rows(TABLE, shape).prepare({ mode: 'upsert-merge', partitionKey: 'p', rowKey: 'other' });
    await store.submit(TABLE, [write]);
    const alone = await outcomeOf(store.submit(TABLE, [write]));
    const together = await outcomeOf(store.submit(TABLE, [other, write]));
    for (const [outcome, operation] of [
      [alone, 0],
      [together, 1],
    ] as const) {
      expect(outcome.code).to.equal('store.already-exists');
      expect(outcome.details).to.deep.include({ serviceCode: 'EntityAlreadyExists', status: 409, operation });
    }
  });

  it('A page has the requested size', async () => {
    const rows = store.rows(TABLE, shapeOf({}));
    await store.submit(
      TABLE,
      ['1', '2', '3'].map((rowKey) => rows.prepare({ mode: 'upsert-merge', partitionKey: 'pages', rowKey })),
    );
    const sizes: number[] = [];
    for await (const page of rows.scan({ partitionKey: 'pages', pageSize: 2 }, () => 1)) sizes.push(page.rows.length);
    expect(sizes).to.deep.equal([2, 1]);
  });

  it('A local emulator with the account in its path is not taken for Cosmos DB', async () => {
    const { endpoint, account, key } = await startAzurite();
    const local = await openAzure({
      endpoint: endpoint.replace('127.0.0.1', 'localhost'),
      credential: { name: account, key },
    });
    expect(local.traits.kind).to.equal('azurite');
  });

  it('Creating and deleting a table on the emulator returns whether it changed anything', async () => {
    const outcomes = [
      await store.createTable('TrapsToo'),
      await store.createTable('TrapsToo'),
      await store.deleteTable('TrapsToo'),
      await store.deleteTable('TrapsToo'),
    ];
    expect(outcomes).to.deep.equal([true, false, true, false]);
  });

  it('A response that breaks off ends with an error instead of never', async () => {
    const whole = gzipSync(`{"value":[${'{"PartitionKey":"p"},'.repeat(5000)}{}]}`);
    const server = createServer((request, response) => {
      const compressed = request.headers['accept-encoding'] === undefined ? {} : { 'Content-Encoding': 'gzip' };
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': whole.length, ...compressed });
      response.write(whole.subarray(0, 100), () => setTimeout(() => response.destroy(), 5));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/account`;
      const broken = await openAzure(
        { endpoint, credential: { name: 'account', key: 'a2V5' } },
        { retry: { maxRetries: 0 } },
      );
      const rows = broken.rows('T', shapeOf({}));
      for (const ahead of [0, 1]) {
        expect(
          (
            await outcomeOf(
              rows
                .scan({ ahead }, () => 1)
                [Symbol.asyncIterator]()
                .next(),
            )
          ).code,
        ).to.equal('store.unavailable');
      }
      expect((await outcomeOf(rows.get('p', 'r', () => 1))).code).to.equal('store.unavailable');
      const writes = ['1', '2'].map((rowKey) => rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey }));
      expect((await outcomeOf(broken.submit('T', writes))).code).to.equal('store.outcome-unknown');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('Empty texts are preserved, concurrent transactions do not mix, and a property called etag can be selected', async () => {
    const shape = shapeOf({ s: 'String', etag: 'String' });
    const rows = store.rows(TABLE, shape);
    const transactions = Array.from({ length: 8 }, (_, partition) =>
      Array.from({ length: 5 }, (__, row) =>
        rows.prepare({
          mode: 'insert',
          partitionKey: `tx${partition}`,
          rowKey: String(row),
          write: (writer) => writerOf(shape, { s: '', etag: `${partition}` })(writer),
        }),
      ),
    );
    await Promise.all(transactions.map(async (writes) => store.submit(TABLE, writes)));
    for (let partition = 0; partition < 8; partition++) {
      for await (const page of rows.scan({ partitionKey: `tx${partition}`, select: [0, 1] }, valuesOf(shape))) {
        expect(page.rows).to.deep.equal(
          Array.from({ length: 5 }, () => ({ s: ['String', ''], etag: ['String', `${partition}`] })),
        );
      }
    }
  });

  async function insert(
    rowKey: string,
    shape: ReturnType<typeof shapeOf>,
    write: NonNullable<Parameters<ReturnType<TableStore['rows']>['prepare']>[0]['write']>,
  ) {
    await store.submit(TABLE, [store.rows(TABLE, shape).prepare({ mode: 'insert', partitionKey: 'p', rowKey, write })]);
  }

  async function read(rowKey: string, shape: ReturnType<typeof shapeOf>) {
    return store.rows(TABLE, shape).get('p', rowKey, valuesOf(shape));
  }

  async function rawText(rowKey: string): Promise<string> {
    let text = '';
    await client.getEntity('p', rowKey, { onResponse: ({ bodyAsText }) => void (text = bodyAsText ?? '') });
    return text;
  }
});
