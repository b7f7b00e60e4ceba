import { createServer, type AddressInfo, type Server } from 'node:net';
import { AzureNamedKeyCredential, TableServiceClient } from '@azure/data-tables';
import { expect } from 'chai';
import fc from 'fast-check';
import { EntitableError } from '../../../src/errors/entitable-error.js';
import type { TableStore } from '../../../src/store/table-store.js';
import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { outcomeOf } from './outcome.js';
import { shapeOf, writerOf } from './row-values.js';

const SHAPE = shapeOf({ s: 'String' });

/** Valid request lines and headers. A part of a transaction has fewer headers. */
const REQUEST_LINE = /^(GET|POST|PUT|PATCH|DELETE) (\/account[!-~]*) HTTP\/1\.1$/;
const PART_LINE = /^(GET|POST|PUT|PATCH|DELETE) (http:\/\/127\.0\.0\.1:\d+\/account[!-~]*) HTTP\/1\.1$/;
const HEADERS = new Set(
  'host accept accept-charset authorization connection content-id content-length content-type dataserviceversion if-match maxdataserviceversion prefer user-agent x-ms-client-request-id x-ms-date x-ms-useragent x-ms-version'.split(
    ' ',
  ),
);

interface Message {
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Parses one message strictly. Returns `undefined` while the message is incomplete. */
function messageOf(text: string): { readonly message: Message; readonly rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const header of lines) {
    const [, name = '', value = ''] = /^([A-Za-z-]+): ([ -~]*)$/.exec(header) ?? [];
    if (!HEADERS.has(name.toLowerCase())) throw new Error(`No such header was to be sent: ${JSON.stringify(header)}`);
    if (Object.hasOwn(headers, name.toLowerCase())) throw new Error(`${name} was sent twice`);
    headers[name.toLowerCase()] = value;
  }
  const length = Number(headers['content-length'] ?? 0);
  const from = end + 4;
  if (text.length < from + length) return undefined;
  return { message: { line, headers, body: text.slice(from, from + length) }, rest: text.slice(from + length) };
}

/** Returns the requests in a transaction. */
function partsOf({ headers, body }: Message): readonly Message[] {
  const outer = /^multipart\/mixed; boundary=(batch_[\w-]+)$/.exec(headers['content-type'] ?? '')?.[1];
  const [, inner, changes = ''] =
    new RegExp(
      `^--${outer}\\r\\nContent-Type: multipart/mixed; boundary=(changeset_[\\w-]+)\\r\\n\\r\\n(--\\1\\r\\n[^]*)\\r\\n--\\1--\\r\\n--${outer}--\\r\\n$`,
    ).exec(body) ?? [];
  return changes
    .split(`--${inner}\r\n`)
    .slice(1)
    .map((part) => {
      const [, request = ''] =
        /^Content-Type: application\/http\r\nContent-Transfer-Encoding: binary\r\n\r\n([^]*)$/.exec(part) ?? [];
      const { message } = messageOf(request)!;
      return { ...message, body: request.slice(request.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, '') };
    });
}

/** Texts that would change a message if they were inserted without encoding. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\0',
        ' ',
        '\t',
        '*',
        '"',
        "'",
        'W/"',
        '/',
        '?',
        '#',
        '&$top=1',
        '%0d%0a',
        '\u010d\u010a',
        '\u2028',
        '\ud800',
        'HTTP/1.1',
        'If-Match: *',
        'X-HTTP-Method: DELETE',
        '--changeset',
        '{"role":"admin"}',
        '$batch',
      ),
      { maxLength: 6 },
    )
    .map((texts) => texts.join('')),
  fc.constant('é'.repeat(300)),
);
const name = fc.oneof(hostile, fc.constant('Orders'));

describe('Well-formed requests for arbitrary texts', () => {
  let server: Server;
  let store: TableStore;
  let sent: Message[] = [];
  let failures: unknown[] = [];

  before(async () => {
    server = createServer((socket) => {
      let text = '';
      socket
        .on('error', () => undefined)
        .setEncoding('latin1')
        .on('data', (data: string) => {
          text += data;
          try {
            for (let next = messageOf(text); next !== undefined; next = messageOf(text)) {
              sent.push(next.message);
              text = next.rest;
              socket.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
            }
          } catch (error) {
            failures.push(error);
            socket.destroy();
          }
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const credential = { name: 'account', key: 'a2V5' };
    store = await openAzure({ endpoint: `http://127.0.0.1:${port}/account`, credential }, { retry: { maxRetries: 0 } });
  });
  after(async () => {
    await store[Symbol.asyncDispose]();
    server.close();
  });

  /** Returns the messages that an operation sends; it may be rejected by the library or by the server. */
  async function messages(operation: () => Promise<unknown>): Promise<readonly Message[]> {
    sent = [];
    failures = [];
    try {
      await operation();
    } catch (error) {
      if (!EntitableError.is(error)) throw error;
      expect(error.code).to.be.oneOf(['store.rejected', 'validation.invalid-etag']);
    }
    expect(failures).to.deep.equal([]);
    for (const { line } of sent) expect(line).to.match(REQUEST_LINE);
    return sent;
  }

  const check = (...given: readonly fc.Arbitrary<string>[]) => ({
    with: async (operation: (...texts: readonly string[]) => Promise<unknown>, most = 1): Promise<void> => {
      await fc.assert(
        fc.asyncProperty(fc.tuple(...given), async (texts) => {
          const found = await messages(async () => operation(...texts));
          expect(found.length).to.be.at.most(most);
        }),
        { seed: 12, numRuns: 150 },
      );
    },
  });

  it('A read with arbitrary texts is one well-formed request', () =>
    check(name, hostile, hostile).with((table, partitionKey, rowKey) =>
      store.rows(table, SHAPE).get(partitionKey, rowKey, () => 1),
    ));

  it('A query with arbitrary keys, filters, names and continuations is one well-formed request', () =>
    check(name, hostile, hostile, hostile).with(async (table, text, raw, continuation) => {
      const rows = store.rows(table, shapeOf({ [text]: 'String' }));
      const request = { partitionKey: text, rawFilter: raw, select: [0], continuation };
      for await (const _ of rows.scan(request, () => 1)) return;
    }));

  for (const mode of ['merge', 'replace', 'delete'] as const) {
    it(`A ${mode} with an arbitrary ETag is one well-formed request`, () =>
      check(name, hostile, hostile).with((table, key, etag) =>
        store.submit(table, [write(table, key, etag, mode, 'x')]),
      ));
  }

  it('A transaction with arbitrary texts contains exactly its writes', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, fc.oneof(hostile, fc.constant('W/"1"')), async (key, value, etag) => {
        const found = await messages(async () =>
          store.submit('Orders', [
            write('Orders', key, etag, 'merge', value),
            write('Orders', `${key}2`, '*', 'delete'),
          ]),
        );
        expect(found.length).to.be.at.most(1);
        for (const batch of found) {
          const [merge, removal, ...others] = partsOf(batch);
          expect(others).to.deep.equal([]);
          expect(merge!.line).to.match(PART_LINE);
          expect(merge!.headers).to.include({ 'if-match': etag, 'content-id': '0' });
          expect(JSON.parse(Buffer.from(merge!.body, 'latin1').toString())).to.deep.equal({
            PartitionKey: 'p',
            RowKey: key,
            s: value,
          });
          expect(removal!.line).to.match(PART_LINE);
          expect(removal!.headers).to.include({ 'if-match': '*', 'content-id': '1' });
          expect(removal!.body).to.equal('');
        }
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it('Creating, deleting and listing tables with arbitrary names are well-formed requests', async () => {
    await check(hostile).with((table) => store.createTable(table));
    await check(hostile).with((table) => store.deleteTable(table));
    await check(hostile, hostile).with((prefix, continuation) => store.tables({ prefix, continuation }));
  });

  it('A request to which a policy adds an invalid header fails with store.rejected and is not sent', async () => {
    const { port } = server.address() as AddressInfo;
    const serviceClient = new TableServiceClient(
      `http://127.0.0.1:${port}/account`,
      new AzureNamedKeyCredential('account', 'a2V5'),
      { allowInsecureConnection: true },
    );
    serviceClient.pipeline.addPolicy({
      name: 'mine',
      sendRequest: async (request, next) => {
        request.headers.set('x-mine', '\u20ac');
        return next(request);
      },
    });
    await using mine = await openAzure({ serviceClient }, { retry: { maxRetries: 0 } });
    const rows = mine.rows('Orders', SHAPE);
    const insert = (rowKey: string) => rows.prepare({ mode: 'insert', partitionKey: 'p', rowKey });
    for (const operation of [
      () => rows.get('p', 'r', () => 1),
      () => mine.submit('Orders', [insert('a')]),
      () => mine.submit('Orders', [insert('a'), insert('b')]),
      () => mine.createTable('Orders'),
    ]) {
      expect(await messages(operation)).to.deep.equal([]);
      expect((await outcomeOf(operation())).code).to.equal('store.rejected');
    }
  });

  function write(table: string, key: string, ifMatch: string, mode: 'merge' | 'replace' | 'delete', value = '') {
    return store.rows(table, SHAPE).prepare({
      mode,
      partitionKey: 'p',
      rowKey: key,
      ifMatch,
      ...(mode === 'delete' ? {} : { write: writerOf(SHAPE, { s: value }) }),
    });
  }
});
