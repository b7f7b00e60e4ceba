import { expect } from 'chai';
import type { WriteMode } from '../../../src/store/table-store.js';
import { cannedStore, COSMOS_ENDPOINT, ENDPOINT, ETAG as ANSWERED } from './canned-service.js';
import { outcomeOf } from './outcome.js';
import { shapeOf } from './row-values.js';

const SHAPE = shapeOf({ name: 'String', total: 'Double', sequence: 'Int64' });
const ETAG = `W/"datetime'2026-01-02T03%3A04%3A05.1234567Z'"`;

describe('Requests of the Azure store', () => {
  const modes: Readonly<Record<WriteMode, object>> = {
    insert: {
      method: 'POST',
      url: `${ENDPOINT}/Orders`,
      prefer: 'return-no-content',
      'if-match': undefined,
      type: 'application/json',
    },
    merge: {
      method: 'PATCH',
      url: `${ENDPOINT}/Orders(PartitionKey='p',RowKey='r')`,
      prefer: undefined,
      'if-match': ETAG,
      type: 'application/json',
    },
    replace: {
      method: 'PUT',
      url: `${ENDPOINT}/Orders(PartitionKey='p',RowKey='r')`,
      prefer: undefined,
      'if-match': ETAG,
      type: 'application/json',
    },
    delete: {
      method: 'DELETE',
      url: `${ENDPOINT}/Orders(PartitionKey='p',RowKey='r')`,
      prefer: undefined,
      'if-match': ETAG,
      type: undefined,
    },
    'upsert-merge': {
      method: 'PATCH',
      url: `${ENDPOINT}/Orders(PartitionKey='p',RowKey='r')`,
      prefer: undefined,
      'if-match': undefined,
      type: 'application/json',
    },
    'upsert-replace': {
      method: 'PUT',
      url: `${ENDPOINT}/Orders(PartitionKey='p',RowKey='r')`,
      prefer: undefined,
      'if-match': undefined,
      type: 'application/json',
    },
  };
  for (const [mode, expected] of Object.entries(modes) as [WriteMode, object][]) {
    it(`A write in mode ${mode} sends one request`, async () => {
      const { store, sent } = await cannedStore(() => ({ status: 204, headers: { ETag: ETAG } }));
      await submitOne(store, mode);
      const { method, url, headers } = sent[0]!;
      expect(sent).to.have.length(1);
      expect({
        method,
        url,
        prefer: headers['prefer'],
        'if-match': headers['if-match'],
        type: headers['content-type'],
      }).to.deep.equal(expected);
      expect([headers['dataserviceversion'], headers['x-ms-version']]).to.deep.equal(['3.0', '2019-02-02']);
    });
  }

  it('A merge on Cosmos DB sends a POST with X-HTTP-Method: MERGE', async () => {
    const { store, sent } = await cannedStore(() => ({ status: 204 }), COSMOS_ENDPOINT);
    await submitOne(store, 'merge');
    expect([sent[0]!.method, sent[0]!.headers['x-http-method'], sent[0]!.headers['if-match']]).to.deep.equal([
      'POST',
      'MERGE',
      ETAG,
    ]);
  });

  it('A write annotates every type that the service would not infer', async () => {
    const { store, sent } = await cannedStore(() => ({ status: 204 }));
    const shape = shapeOf({
      s: 'String',
      b: 'Boolean',
      i: 'Int32',
      d: 'Double',
      z: 'Double',
      n: 'Double',
      l: 'Int64',
      t: 'DateTime',
      g: 'Guid',
      x: 'Binary',
    });
    const write = store.rows('Orders', shape).prepare({
      mode: 'insert',
      partitionKey: 'p',
      rowKey: 'r',
      write: (row) => {
        row.string(0, 'é"\n');
        row.boolean(1, false);
        row.int32(2, -5);
        row.double(3, 3);
        row.double(4, -0);
        row.double(5, NaN);
        row.int64(6, -(2n ** 63n));
        row.dateTime(7, Date.UTC(2026, 0, 2, 3, 4, 5, 120), 1);
        row.guid(8, 'c9da6455-213d-42c9-9a79-3e9149a57833');
        row.binary(9, new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4));
      },
    });
    await store.submit('Orders', [write]);
    expect(sent[0]!.body).to.equal(
      '{"PartitionKey":"p","RowKey":"r","s":"é\\"\\n","b":false,"i":-5,"d":3.0,"d@odata.type":"Edm.Double","z":-0.0,"z@odata.type":"Edm.Double",' +
        '"n":"NaN","n@odata.type":"Edm.Double","l":"-9223372036854775808","l@odata.type":"Edm.Int64",' +
        '"t":"2026-01-02T03:04:05.1200001Z","t@odata.type":"Edm.DateTime","g":"c9da6455-213d-42c9-9a79-3e9149a57833","g@odata.type":"Edm.Guid",' +
        '"x":"AQID","x@odata.type":"Edm.Binary"}',
    );
  });

  it('A prepared write knows the exact size of its entity, and an upper bound of its share in a transaction', async () => {
    const { store, sent } = await cannedStore(() => ({ status: 500 }));
    const rows = store.rows('Orders', shapeOf({ é日本: 'String', total: 'Double' }));
    const writes = ['a', 'b', 'ü'].map((rowKey) =>
      rows.prepare({
        mode: 'merge',
        partitionKey: 'p',
        rowKey,
        ifMatch: ETAG,
        write: (row) => {
          row.string(0, 'naïve 日本 "\u0001"'.repeat(50));
          row.double(1, 1);
        },
      }),
    );
    await store.submit('Orders', writes).catch(() => undefined);
    const total = writes.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(total).to.be.within(
      Buffer.byteLength(sent[0]!.body!),
      Buffer.byteLength(sent[0]!.body!) + 300 * writes.length,
    );
    expect(writes[0]!.entityBytes).to.equal(4 + 4 + (8 + 2 * 3 + 4 + 2 * 12 * 50) + (8 + 2 * 5 + 8));
  });

  it('A read selects only the properties of its projection, and omits metadata if it reads keys alone', async () => {
    const { store, sent } = await cannedStore(() => ({ status: 200, body: '{"PartitionKey":"p","RowKey":"r"}' }));
    const rows = store.rows('Orders', SHAPE);
    await rows.get('p', 'r', () => 1);
    await rows.get('p', 'r', () => 1, { select: [] });
    await rows.get('p', 'r', () => 1, { select: [1] });
    await rows.get('p', 'r', () => 1, { select: [], etag: true });
    await rows.get('p', 'r', () => 1, { undeclared: true, select: [1] });
    expect(sent.map(({ url, headers }) => [new URL(url).search, headers['accept']])).to.deep.equal([
      ['', 'application/json;odata=minimalmetadata'],
      ['?$select=PartitionKey,RowKey', 'application/json;odata=nometadata'],
      ['?$select=PartitionKey,RowKey,total', 'application/json;odata=minimalmetadata'],
      ['?$select=PartitionKey,RowKey,Timestamp', 'application/json;odata=minimalmetadata'],
      ['', 'application/json;odata=minimalmetadata'],
    ]);
  });

  it('An insert and the creation of a table accept a response that contains the created object', async () => {
    const { store } = await cannedStore(({ url }) => ({
      status: 201,
      body: url.endsWith('/Tables') ? '{"TableName":"Orders"}' : '{"PartitionKey":"p","RowKey":"r","total":3.0}',
    }));
    const insert = (rowKey: string) =>
      store.rows('Orders', SHAPE).prepare({ mode: 'insert', partitionKey: 'p', rowKey });
    expect(await store.submit('Orders', [insert('r')])).to.deep.equal([{ etag: ANSWERED }]);
    expect(await store.createTable('Orders')).to.equal(true);
    expect((await outcomeOf(store.submit('Orders', [insert('other')]))).code).to.equal('store.outcome-unknown');
    expect((await outcomeOf(store.createTable('Others'))).code).to.equal('store.outcome-unknown');
  });

  it('A response of Cosmos DB may be identified by its request id alone, and may annotate the timestamp', async () => {
    const row =
      `{"odata.etag":${JSON.stringify(ETAG)},"PartitionKey":"p","RowKey":"r","total":1,` +
      '"Timestamp@odata.type":"Edm.DateTime","Timestamp":"2026-01-02T03:04:05.1234567Z"}';
    const part = 'Content-Type: application/http\nContent-Transfer-Encoding: binary\n\nHTTP/1.1 204 No Content\r\n';
    const batch =
      '--batchresponse_1\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n' +
      `--changesetresponse_1\n${part}ETag: ${ETAG}\r\nContent-ID: 1\r\n\r\n\r\n--changesetresponse_1\n${part}Content-ID: 2\r\n\r\n\r\n` +
      '--changesetresponse_1--\r\n--batchresponse_1--\r\n';
    const { store } = await cannedStore(({ method, url }) => {
      const mark = { 'x-ms-request-id': '0f0afe0f-cf80-fef7-32e8-f08b7ae1dec5', server: 'Microsoft-HTTPAPI/2.0' };
      const answer = (status: number, headers: object, body = '') => ({
        foreign: true, // adds no headers of the service
        status,
        headers: { ...mark, ...headers },
        body,
      });
      const json = { 'content-type': 'application/json; odata=minimalmetadata' };
      if (url.endsWith('$batch'))
        return answer(202, { 'content-type': 'multipart/mixed; boundary=batchresponse_1' }, batch);
      if (method === 'DELETE') return answer(204, {});
      if (method !== 'GET') return answer(204, { 'content-type': 'application/json', etag: ETAG });
      return url.includes('(P') ? answer(200, { ...json, etag: ETAG }, row) : answer(200, json, `{"value":[${row}]}`);
    }, COSMOS_ENDPOINT);
    const rows = store.rows('Orders', SHAPE);
    const write = (mode: 'insert' | 'delete') =>
      rows.prepare({ mode, partitionKey: 'p', rowKey: 'r', ...(mode === 'delete' && { ifMatch: '*' }) });
    expect(await store.submit('Orders', [write('insert')])).to.deep.equal([{ etag: ETAG }]);
    expect(await store.submit('Orders', [write('delete')])).to.deep.equal([{}]);
    expect(await store.submit('Orders', [write('insert'), write('delete')])).to.deep.equal([{ etag: ETAG }, {}]);
    expect(await rows.get('p', 'r', (found) => found.etag)).to.equal(ETAG);
    for await (const page of rows.scan({ partitionKey: 'p' }, (found) => found.etag))
      expect(page.rows).to.deep.equal([ETAG]);
    expect(await store.deleteTable('Orders')).to.equal(true);
  });

  it('A scan sends its key ranges, its filter, its page size and its selection', async () => {
    const { store, sent } = await cannedStore(() => ({ status: 200, body: '{"value":[]}' }));
    const rows = store.rows('Orders', SHAPE);
    const drain = async (request: Parameters<typeof rows.scan>[0]) => {
      for await (const page of rows.scan(request, () => 1)) expect(page).to.deep.equal({ rows: [] });
    };
    await drain({});
    await drain({
      partitionKey: "o'k",
      rowKey: { from: { value: 'a', inclusive: true }, to: { value: 'b', inclusive: false } },
      pageSize: 7,
    });
    await drain({
      filter: { kind: 'comparison', property: 'total', operator: 'gt', operand: { type: 'Double', value: 3 } },
      select: [0],
    });
    expect(sent.map(({ url }) => decodeURIComponent(url.slice(ENDPOINT.length)))).to.deep.equal([
      '/Orders()',
      "/Orders()?$filter=PartitionKey eq 'o''k' and RowKey ge 'a' and RowKey lt 'b'&$top=7",
      '/Orders()?$filter=total gt 3.0&$select=PartitionKey,RowKey,name',
    ]);
  });
});

async function submitOne(store: Awaited<ReturnType<typeof cannedStore>>['store'], mode: WriteMode): Promise<void> {
  const conditional = mode === 'merge' || mode === 'replace' || mode === 'delete';
  const write = store.rows('Orders', SHAPE).prepare({
    mode,
    partitionKey: 'p',
    rowKey: 'r',
    ...(conditional ? { ifMatch: ETAG } : {}),
    ...(mode === 'delete' ? {} : { write: (row) => row.string(0, 'x') }),
  });
  await store.submit('Orders', [write]);
}
