import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import { expect } from 'chai';
import type { TableStore } from '../../../src/store/table-store.js';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { startAzurite } from '../../azurite/azurite.js';
import { cannedStore } from './canned-service.js';
import { outcomeOf } from './outcome.js';
import { shapeOf } from './row-values.js';

const TABLE = 'Removals';
const SHAPE = shapeOf({ mine: 'String', gone: 'Int32' });
const ETAG = `W/"datetime'2026-01-02T03%3A04%3A05.1234567Z'"`;
const OTHER_ETAG = `W/"datetime'2026-01-02T03%3A04%3A06Z'"`;

describe('A merge that removes properties, on Azure', () => {
  it('A merge that removes properties reads the row and replaces it under the ETag that was read', async () => {
    const { store, sent } = await cannedStore(({ method }) =>
      method === 'GET' ? row('"gone":1') : { status: 204, headers: { ETag: OTHER_ETAG } },
    );
    expect(await store.submit(TABLE, [removal(store, ETAG)])).to.deep.equal([{ etag: OTHER_ETAG }]);
    expect(sent.map(({ method, headers }) => [method, headers['if-match']])).to.deep.equal([
      ['GET', undefined],
      ['PUT', ETAG],
    ]);
  });

  it('A merge that removes properties copies all others exactly from the text', async () => {
    const members =
      '"d":3.0,"e":1E+20,"z":-0.0,"i":3,"s":"é\\u2028\\"","b":false,"n@odata.type":"Edm.Double","n":"-Infinity","l@odata.type":"Edm.Int64","l":"9007199254740993",' +
      '"t@odata.type":"Edm.DateTime","t":"2020-01-01T00:00:00.1234567Z","g@odata.type":"Edm.Guid","g":"C9DA6455-213D-42C9-9A79-3E9149A57833",' +
      '"x@odata.type":"Edm.Binary","x":"AQID","__proto__":"p","constructor":"c","gone@odata.type":"Edm.Int64","gone":"1","mine":"old"';
    const { store, sent } = await cannedStore(({ method }) => (method === 'GET' ? row(members) : { status: 204 }));
    await store.submit(TABLE, [removal(store, ETAG)]);
    expect(sent[1]!.body).to.equal(
      '{"PartitionKey":"p","RowKey":"r","d":3.0,"d@odata.type":"Edm.Double","e":1E+20,"e@odata.type":"Edm.Double","z":-0.0,"z@odata.type":"Edm.Double",' +
        '"i":3,"s":"é\u2028\\"","b":false,"n":"-Infinity","n@odata.type":"Edm.Double","l":"9007199254740993","l@odata.type":"Edm.Int64",' +
        '"t":"2020-01-01T00:00:00.1234567Z","t@odata.type":"Edm.DateTime","g":"C9DA6455-213D-42C9-9A79-3E9149A57833","g@odata.type":"Edm.Guid",' +
        '"x":"AQID","x@odata.type":"Edm.Binary","__proto__":"p","constructor":"c","mine":"new"}',
    );
  });

  it('A merge that removes properties fails without a write if the row has another ETag by then', async () => {
    const { store, sent } = await cannedStore(() => row('"gone":1'));
    expect((await outcomeOf(store.submit(TABLE, [removal(store, OTHER_ETAG)]))).code).to.equal(
      'store.precondition-failed',
    );
    expect(sent).to.have.length(1);
  });

  it('A merge that removes properties fails if the row is gone', async () => {
    const { store } = await cannedStore(() => ({ status: 404, body: '{"odata.error":{"code":"ResourceNotFound"}}' }));
    expect(await outcomeOf(store.submit(TABLE, [removal(store, '*')]))).to.deep.equal({
      code: 'store.not-found',
      details: { table: TABLE, operation: 0, status: 404, serviceCode: 'ResourceNotFound' },
    });
  });

  it('A merge that removes properties starts again if the row changes in between, unless it has an ETag', async () => {
    let puts = 0;
    const answer = ({ method }: { readonly method: string }) =>
      method === 'GET' ? row('"gone":1') : { status: ++puts < 3 ? 412 : 204, headers: { ETag: OTHER_ETAG } };
    const { store, sent } = await cannedStore(answer);
    expect(await store.submit(TABLE, [removal(store, '*')])).to.deep.equal([{ etag: OTHER_ETAG }]);
    expect(sent.map(({ method }) => method)).to.deep.equal(['GET', 'PUT', 'GET', 'PUT', 'GET', 'PUT']);
    puts = 0;
    expect((await outcomeOf(store.submit(TABLE, [removal(store, ETAG)]))).code).to.equal('store.precondition-failed');
  });

  it('A merge that removes properties reads first even in a transaction', async () => {
    const { store, sent } = await cannedStore(({ method }) =>
      method === 'GET' ? row('"gone":1,"kept":2.0') : { status: 500 },
    );
    const beside = store.rows(TABLE, SHAPE).prepare({ mode: 'insert', partitionKey: 'p', rowKey: 'beside' });
    await outcomeOf(store.submit(TABLE, [beside, removal(store, ETAG)]));
    expect(sent.map(({ method }) => method)).to.deep.equal(['GET', 'POST']);
    expect(sent[1]!.body)
      .to.contain(`If-Match: ${ETAG}`)
      .and.contain('"kept":2.0,"kept@odata.type":"Edm.Double","mine":"new"}');
  });

  describe('A merge that removes properties, on the emulator', () => {
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

    for (const together of [false, true]) {
      it(`A merge that removes a property preserves everything else that the SDK wrote, bit for bit${together ? ', in a transaction' : ''}`, async () => {
        const rowKey = together ? 'together' : 'alone';
        await client.createEntity({
          partitionKey: 'p',
          rowKey,
          gone: 1,
          text: "it's 日本",
          empty: '',
          whole: { type: 'Double', value: '3.0' } as never,
          exact: { type: 'Double', value: '0.1' } as never,
          count: 7,
          long: 9007199254740993n,
          moment: { type: 'DateTime', value: '2020-01-01T00:00:00.1234567Z' },
          guid: { type: 'Guid', value: 'c9da6455-213d-42c9-9a79-3e9149a57833' },
          bytes: Buffer.from([0, 255, 1]),
          flag: false,
        });
        const before = await membersOnWire(rowKey);
        const write = store
          .rows(TABLE, SHAPE)
          .prepare({ mode: 'merge', partitionKey: 'p', rowKey, ifMatch: '*', remove: ['gone'] });
        const beside = store.rows(TABLE, SHAPE).prepare({ mode: 'upsert-merge', partitionKey: 'p', rowKey: 'beside' });
        await store.submit(TABLE, together ? [beside, write] : [write]);
        const after = await membersOnWire(rowKey);
        expect(before.filter((member) => !member.startsWith('"gone'))).to.deep.equal(after);
        expect(before.length - after.length).to.equal(1);
      });
    }

    async function membersOnWire(rowKey: string): Promise<readonly string[]> {
      let text = '';
      await client.getEntity('p', rowKey, { onResponse: ({ bodyAsText }) => void (text = bodyAsText ?? '') });
      const members = text.slice(1, -1).split(/,(?=")/);
      return members
        .filter((member) => !/^"(odata|Timestamp)/.test(member))
        .toSorted((left, right) => (left < right ? -1 : 1));
    }
  });
});

function removal(store: TableStore, ifMatch: string) {
  return store.rows(TABLE, SHAPE).prepare({
    mode: 'merge',
    partitionKey: 'p',
    rowKey: 'r',
    ifMatch,
    remove: ['gone'],
    write: (writer) => writer.string(0, 'new'),
  });
}

function row(members: string) {
  return {
    status: 200,
    headers: { ETag: ETAG },
    body: `{"odata.metadata":"m","odata.etag":"e","PartitionKey":"p","RowKey":"r","Timestamp":"2026-01-02T03:04:05.1234567Z",${members}}`,
  };
}
