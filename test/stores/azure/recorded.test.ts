import { expect } from 'chai';
import type { EntitableError } from '../../../src/errors/entitable-error.js';
import { cannedStore } from './canned-service.js';
import { codeOf, comparable, exchanges, partsOf, preparedAs, recorded, type Exchange } from './recorded-exchange.js';
import { shapeOf, valuesOf } from './row-values.js';

const PERSON = shapeOf({
  age: 'Int64',
  sex: 'String',
  married: 'Boolean',
  ratio: 'Double',
  evenratio: 'Double',
  large: 'Int64',
  Birthday: 'DateTime',
  birthday: 'DateTime',
  binary: 'Binary',
  other: 'Int32',
  clsid: 'Guid',
  deceased: 'Boolean',
  xyz: 'String',
});

const PERSON_VALUES = {
  age: ['Int64', 39n],
  sex: ['String', 'male'],
  married: ['Boolean', true],
  ratio: ['Double', 3.1],
  evenratio: ['Double', 3],
  large: ['Int64', 933311100n],
  Birthday: ['DateTime', [Date.UTC(1973, 9, 4), 0]],
  birthday: ['DateTime', [Date.UTC(1970, 9, 4), 0]],
  binary: ['Binary', [...Buffer.from('binary')]],
  other: ['Int32', 20],
  clsid: ['Guid', 'c9da6455-213d-42c9-9a79-3e9149a57833'],
  deceased: ['Boolean', false],
};

/** Adds the keys to a recorded response. This store always selects them; the clients that were recorded did not. */
function withKeys({ body, ...answer }: Exchange['response']): Exchange['response'] {
  if (body.includes('"RowKey":')) return { ...answer, body };
  return {
    ...answer,
    body: body.replaceAll(/("odata\.etag":"(?:[^"\\]|\\.)*",)/g, '$1"PartitionKey":"pk","RowKey":"rk",'),
  };
}

describe('Requests and responses of the real service (source: recorded)', () => {
  describe('Recorded point reads', () => {
    const decoded = valuesOf(PERSON);
    const cases: readonly (readonly [name: string, values: unknown])[] = [
      ['entity', PERSON_VALUES],
      ['entity with full metadata', PERSON_VALUES],
      ['entity of keys only', {}],
      ['missing row', undefined],
    ];
    for (const [name, expected] of cases) {
      it(`A point read of “${name}” sends the recorded request and returns the row with its types (source: recorded)`, async () => {
        const { exchange, sent, found } = await pointRead(name, {});
        const { accept: _level, ...wanted } = comparable({ ...exchange.request, body: undefined });
        expect(comparable(sent)).to.deep.include(wanted);
        expect(found).to.deep.equal(expected);
      });
    }

    it('A point read of a row without metadata returns its keys (source: recorded)', async () => {
      const { response } = recorded('points', 'entity without metadata');
      const { store } = await cannedStore(() => response);
      const keys = await store
        .rows('People', PERSON)
        .get('pk', 'rk', (row) => [row.string(-1), row.string(-2)], { select: [] });
      expect(keys).to.deep.equal(['pk', 'rk']);
    });

    it('A point read of selected properties treats a missing one, which the service returns as null, as absent (source: recorded)', async () => {
      const { exchange, sent, found } = await pointRead('selected properties, one of them missing', {
        select: [0, 1, 12],
      });
      expect(decodeURIComponent(sent.url)).to.contain('$select=PartitionKey,RowKey,age,sex,xyz');
      expect(exchange.response.body).to.contain('"xyz":null');
      expect(found).to.deep.equal({ age: ['Int64', 39n], sex: ['String', 'male'] });
    });

    it('A point read returns special Doubles (source: recorded)', async () => {
      const exchange = recorded('points', 'special Doubles');
      const shape = shapeOf({ inf: 'Double', negativeinf: 'Double', nan: 'Double' });
      const { store } = await cannedStore(() => exchange.response);
      expect(await store.rows('People', shape).get('pk', 'rk', valuesOf(shape))).to.deep.equal({
        inf: ['Double', Infinity],
        negativeinf: ['Double', -Infinity],
        nan: ['Double', NaN],
      });
    });

    it('A point read returns empty and blank texts (source: recorded)', async () => {
      const exchange = recorded('points', 'empty and blank texts');
      const shape = shapeOf({
        EmptyUnicode: 'String',
        SpacesOnlyUnicode: 'String',
        SpacesBeforeAndAfterByte: 'String',
      });
      const { store } = await cannedStore(() => exchange.response);
      expect(await store.rows('People', shape).get('pk', 'rk', valuesOf(shape))).to.deep.equal({
        EmptyUnicode: ['String', ''],
        SpacesOnlyUnicode: ['String', '   '],
        SpacesBeforeAndAfterByte: ['String', '   Text   '],
      });
    });

    it('A point read finds a row with apostrophes in its keys (source: recorded)', async () => {
      const exchange = recorded('points', 'apostrophes in the keys');
      const { store, sent } = await cannedStore(() => exchange.response);
      const keys = await store
        .rows('People', PERSON)
        .get("a''''b", "a''''b", (row) => [row.string(-1), row.string(-2)]);
      expect(comparable(sent[0]!)).to.deep.equal(comparable({ ...exchange.request, body: undefined }));
      expect(keys).to.deep.equal(["a''''b", "a''''b"]);
    });

    it('The ETag of a row equals the header, and is made from the timestamp (source: recorded)', async () => {
      for (const name of ['entity', 'entity without metadata', 'entity with full metadata', 'special Doubles']) {
        const { response } = recorded('points', name);
        const { headers, body } = response;
        const { store } = await cannedStore(() => response);
        const request = name === 'entity without metadata' ? { select: [], etag: true } : {};
        const etag = await store.rows('People', PERSON).get('pk', 'rk', (row) => row.etag, request);
        expect(etag, name).to.equal(headers['ETag']);
        expect(`W/"datetime'${encodeURIComponent((JSON.parse(body) as { Timestamp: string }).Timestamp)}'"`).to.equal(
          etag,
        );
      }
    });

    async function pointRead(name: string, request: { readonly select?: readonly number[] }) {
      const exchange = recorded('points', name);
      const { store, sent } = await cannedStore(() => withKeys(exchange.response));
      const found = await store.rows('People', PERSON).get('pk', 'rk', decoded, request);
      return { exchange, sent: sent[0]!, found };
    }
  });

  describe('Recorded writes', () => {
    for (const { name, request, response } of exchanges('writes')) {
      it(`The write “${name}” sends the recorded request and returns ${response.status < 300 ? 'the recorded ETag' : 'the recorded rejection'} (source: recorded)`, async () => {
        const { store, sent } = await cannedStore(() => response);
        const outcome = await store.submit('People', [preparedAs(store, request)]).catch((error: unknown) => error);
        expect(comparable(sent[0]!)).to.deep.equal(comparable({ ...request, body: request.body }));
        if (response.status < 300) {
          expect(outcome).to.deep.equal([
            response.headers['ETag'] === undefined ? {} : { etag: response.headers['ETag'] },
          ]);
        } else {
          expect(codeOf(outcome)).to.equal(REFUSALS[name]);
        }
      });
    }

    const REFUSALS: Readonly<Record<string, string>> = {
      'insert of a row that exists': 'store.already-exists',
      'merge under another ETag': 'store.precondition-failed',
      'merge of a missing row': 'store.not-found',
      'replace under another ETag': 'store.precondition-failed',
      'delete of a missing row': 'store.not-found',
      'delete under another ETag': 'store.precondition-failed',
    };
  });

  describe('Recorded pages', () => {
    it('A page of whole rows has their types and ETags (source: recorded)', async () => {
      const { rows } = await pageOf('all rows', {});
      expect(rows.map(({ values }) => values)).to.deep.equal([PERSON_VALUES, PERSON_VALUES]);
      expect(rows.map(({ etag }) => etag)).to.deep.equal(
        Array(2).fill(`W/"datetime'2017-02-17T00%3A55%3A49.3058711Z'"`),
      );
    });

    it('A page of rows without metadata has ETags made from the timestamps (source: recorded)', async () => {
      const { rows } = await pageOf('all rows without metadata', { select: [], etag: true });
      expect(rows.map(({ etag }) => etag)).to.deep.equal(
        Array(2).fill(`W/"datetime'2017-02-17T00%3A55%3A59.0942345Z'"`),
      );
    });

    it('A page of selected properties has only these (source: recorded)', async () => {
      const { rows } = await pageOf('selected properties', { select: [0, 1] });
      const { age, sex } = PERSON_VALUES;
      expect(rows.map(({ values }) => values)).to.deep.equal([
        { age, sex },
        { age, sex },
      ]);
    });

    it('A page without rows is empty (source: recorded)', async () => {
      expect(await pageOf('no rows', {})).to.deep.equal({ rows: [] });
    });

    it('A query with a filter sends the recorded request (source: recorded)', async () => {
      const exchange = recorded('pages', 'filter');
      const { store, sent } = await cannedStore(() => exchange.response);
      for await (const page of store.rows('People', PERSON).scan({ partitionKey: 'pk' }, () => 1))
        expect(page.rows).to.have.length(1);
      expect(comparable(sent[0]!)).to.deep.equal(comparable({ ...exchange.request, body: undefined }));
    });

    it('A page may have Unicode property names (source: recorded)', async () => {
      const shape = shapeOf({ 啊齄丂狛狜: 'String' });
      const { store } = await cannedStore(() => recorded('pages', 'Unicode property name').response);
      for await (const { rows } of store.rows('People', shape).scan({ partitionKey: 'pk' }, valuesOf(shape))) {
        expect(rows).to.deep.equal([{ 啊齄丂狛狜: ['String', '\ua015'] }, { 啊齄丂狛狜: ['String', 'hello'] }]);
      }
    });

    it('A scan follows continuations to the end with the recorded requests (source: recorded)', async () => {
      const steps = ['first page', 'second page', 'last page'].map((name) => recorded('pages', name));
      let step = 0;
      const { store, sent } = await cannedStore(() => steps[step++]!.response);
      const sizes: number[] = [];
      for await (const page of store.rows('People', PERSON).scan({ pageSize: 2 }, () => 1))
        sizes.push(page.rows.length);
      expect(sizes).to.deep.equal([2, 2, 1]);
      expect(sent.map(comparable)).to.deep.equal(
        steps.map(({ request }) => comparable({ ...request, body: undefined })),
      );
    });

    async function pageOf(name: string, request: { readonly select?: readonly number[]; readonly etag?: boolean }) {
      const { store } = await cannedStore(() => withKeys(recorded('pages', name).response));
      const values = valuesOf(PERSON);
      const pages = store.rows('People', PERSON).scan(request, (row) => ({ values: values(row), etag: row.etag }));
      for await (const page of pages) return page;
      throw new Error('no page');
    }
  });

  describe('Recorded transactions', () => {
    it('A transaction of six writes sends the recorded parts with their conditions, and returns an ETag for each but the delete (source: recorded)', async () => {
      const { request, response } = recorded('transactions', 'six writes');
      const { store, sent } = await cannedStore(() => response);
      const parts = partsOf(request.body!);
      const receipts = await store.submit(
        'People',
        parts.map((part) => preparedAs(store, part)),
      );
      expect(partsOf(sent[0]!.body!).map(comparable)).to.deep.equal(parts.map(comparable));
      const later = `W/"datetime'2017-02-17T00%3A49%3A57.4625503Z'"`;
      expect(receipts).to.deep.equal([
        { etag: `W/"datetime'2017-02-17T00%3A49%3A57.5240405Z'"` },
        {},
        ...Array.from({ length: 4 }, () => ({ etag: later })),
      ]);
    });

    it('A rejected transaction without an index in its message names the write by its Content-ID, if there is such a write (source: recorded)', async () => {
      const { request, response } = recorded('transactions', 'a refused write');
      const { store } = await cannedStore(() => response);
      const write = preparedAs(store, partsOf(request.body!)[0]!);
      const error = await store
        .submit('People', [write, { ...write, rowKey: 'other' }])
        .catch((reason: unknown) => reason);
      expect(codeOf(error)).to.equal('store.precondition-failed');
      expect((error as EntitableError<'store.precondition-failed'>).details).to.deep.equal({
        table: 'People',
        operation: 1, // the recorded Content-ID
        status: 412,
        serviceCode: 'UpdateConditionNotSatisfied',
      });
    });
  });

  describe('Recorded operations on tables', () => {
    it('The list of tables follows a continuation (source: recorded)', async () => {
      const steps = ['first page', 'second page'].map((name) => recorded('tables', name).response);
      let step = 0;
      const { store } = await cannedStore(() => steps[step++]!);
      const first = await store.tables();
      expect(first.rows).to.deep.equal(['Alpha', 'Beta']);
      expect((await store.tables({ continuation: first.continuation! })).rows).to.deep.equal(['Gamma', 'Delta']);
    });

    it('Creating and deleting a table returns whether it changed anything (source: recorded)', async () => {
      const outcome = async (name: string, verb: 'createTable' | 'deleteTable') => {
        const { store } = await cannedStore(() => recorded('tables', name).response);
        return store[verb]('People').catch(codeOf);
      };
      expect([
        await outcome('create', 'createTable'),
        await outcome('create one that exists', 'createTable'),
        await outcome('create with an invalid name', 'createTable'),
        await outcome('delete', 'deleteTable'),
        await outcome('delete a missing one', 'deleteTable'),
      ]).to.deep.equal([true, false, 'store.rejected', true, false]);
    });
  });
});
