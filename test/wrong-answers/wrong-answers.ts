import { below, type Random } from '../support/seeded.js';
import {
  batchText,
  keysOf,
  kindOf,
  PART,
  rightAnswer,
  ROWS,
  rowText,
  SECRET,
  type Answer,
  type Asked,
  type Kind,
} from './right-answers.js';

/** A wrong response, with a description of the fault. */
export interface Wrong extends Answer {
  readonly how: string;
  /** True if the connection ends before the body does. */
  readonly breaksOff?: boolean;
}

/** Turns the right response into a wrong one. Returns `undefined` if it does not apply to the request. */
type Distort = (right: Answer, asked: Asked, random: Random, elsewhere: string) => Partial<Answer & Wrong> | undefined;

const PAGE = `<html><body>Sign in to the network, ${SECRET}</body></html>`;

/** Bodies that are not a valid response to any request. */
const BODIES = [
  '',
  '{}',
  '[]',
  'null',
  '5',
  '"value"',
  PAGE,
  `{"error":"${SECRET}"}`,
  `{"value":null,"text":"${SECRET}"}`,
  '{"value":{}}',
  `{"value":["${SECRET}"]}`,
  '{"value":[{}]}',
  '{"value":[[]]}',
  `<Error><Code>NoSuchKey</Code><Message>${SECRET}</Message></Error>`,
  '<?xml version="1.0"?><Other />',
];
const TYPES = [
  'text/html; charset=utf-8',
  'text/plain',
  'application/json',
  'application/xml',
  'multipart/mixed; boundary=b',
  '',
];
const REFUSALS = [400, 401, 403, 404, 404, 404, 405, 407, 409, 410, 412, 413, 418, 429, 500, 502, 503, 504];
const REDIRECTS = [300, 301, 302, 303, 307, 308];

/** Requests whose response must have a certain body. */
const READS: ReadonlySet<Kind> = new Set<Kind>(['row', 'list', 'tables', 'policies', 'properties', 'statistics']);
const WITH_ETAG: ReadonlySet<Kind> = new Set<Kind>(['row', 'insert', 'change']);

const DISTORTIONS: Readonly<Record<string, Distort>> = {
  'a proxy page': (_, __, random) => ({
    status: one(random, [200, 200, 201, 202, 203, 204, 206, 226]),
    headers: { 'content-type': 'text/html' },
    body: PAGE,
  }),
  'any response of another server': (_, __, random) => {
    const status = one(random, [200, 201, 202, 204, 299, ...REFUSALS]);
    return { status, headers: typed(one(random, TYPES)), body: one(random, BODIES) };
  },
  'the response without the headers of the service': ({ headers }) => ({
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-ms-'))),
  }),
  'an error of another server': ({ headers }, _, random) => ({
    status: one(random, [401, 403, 404, 404, 409, 412]),
    headers: { 'content-type': headers['content-type'] ?? 'application/json' },
    body: `{"odata.error":{"code":"${one(random, CODES)}","message":{"value":"${SECRET}"}}}`,
  }),
  'a 404 without an error code': ({ headers }, _, random) => ({
    status: 404,
    headers: marked(headers),
    body: one(random, BODIES.slice(0, 13)),
  }),
  'a redirect': ({ headers }, { url }, random, elsewhere) => ({
    status: one(random, REDIRECTS),
    headers: { ...(random() < 0.5 && headers), location: random() < 0.7 ? `${elsewhere}${url}` : url },
    body: '',
  }),
  'another status': ({ status }, _, random) => {
    const others = [200, 202, 203, 204, 205, 206].filter((other) => other !== status);
    return { status: one(random, others) };
  },
  'another content type': ({ headers }, _, random) => {
    if (headers['content-type'] === undefined) return undefined;
    const { 'content-type': type, ...others } = headers;
    const family = type.includes('xml') ? 'xml' : type.includes('json') ? 'json' : 'mixed';
    return {
      headers: {
        ...others,
        ...typed(
          one(
            random,
            TYPES.filter((other) => !other.includes(family)),
          ),
        ),
      },
    };
  },
  'another body': (_, asked, random) => {
    const kind = kindOf(asked);
    if (!READS.has(kind) && kind !== 'batch') return undefined;
    return { body: one(random, BODIES) };
  },
  'a body that ends too early': ({ body }, _, random) =>
    body === '' ? undefined : { body: body.slice(0, below(random, body.length - 4)) },
  'a connection that ends too early': ({ body }, _, random) =>
    body === '' ? undefined : { body: body.slice(0, below(random, body.length - 1)), breaksOff: true },
  'no ETag': ({ headers }, asked, random) => {
    if (!WITH_ETAG.has(kindOf(asked))) return undefined;
    const { etag: _, ...others } = headers;
    return { headers: random() < 0.7 ? others : { ...others, etag: one(random, ['', 'x', '"', 'W/']) } };
  },
  'the response to another request': ({ headers }, asked, random) => ({
    ...rightAnswer(one(random, OTHERS)),
    headers: { ...rightAnswer(one(random, OTHERS)).headers, 'x-ms-client-request-id': 'of-another-request' },
    ...(random() < 0.5 && {
      ...rightAnswer(asked),
      headers: { ...headers, 'x-ms-client-request-id': 'of-another-request' },
    }),
  }),
  'another row': (_, asked, random) => {
    const others = [
      ['p', 'other'],
      ['other', 'r1'],
      ['P', 'r1'],
      ['p ', 'r1'],
      ['', ''],
    ] as const;
    const keys = one(
      random,
      others.filter((other) => other.join() !== keysOf(asked).join()),
    );
    if (kindOf(asked) === 'row') return { body: rowText(keys[0], keys[1]) };
    // Without keys in the query, any row is right.
    if (!decodeURIComponent(asked.url).includes('PartitionKey eq')) return undefined;
    const at = below(random, ROWS);
    const rows = Array.from({ length: ROWS }, (__, index) => rowText(index === at ? 'other' : 'p', `r${index}`));
    return kindOf(asked) === 'list' ? { body: `{"value":[${rows.join()}]}` } : undefined;
  },
  'another row or table as the created one': ({ headers }, asked) => {
    const kind = kindOf(asked);
    if (kind !== 'insert' && kind !== 'create table') return undefined;
    const body = kind === 'insert' ? rowText('p', 'other') : '{"TableName":"Other"}';
    return { status: 201, headers: { ...headers, 'content-type': 'application/json' }, body };
  },
  'a row without a key': ({ body }, asked, random) => {
    const kind = kindOf(asked);
    if (kind !== 'row' && kind !== 'list') return undefined;
    const member = one(random, [/"PartitionKey":"[^"]*",/, /"RowKey":"[^"]*",/]);
    return { body: body.replace(member, random() < 0.5 ? '' : one(random, ['"PartitionKey":5,', '"RowKey":null,'])) };
  },
  'an ill-formed value': ({ body }, asked, random) => {
    const kind = kindOf(asked);
    if ((kind !== 'row' && kind !== 'list') || /select=/.test(asked.url)) return undefined;
    const changes = [
      ['"size":"5"', `"size":"${SECRET}"`],
      ['"Edm.Int64"', '"Edm.Int16"'],
      ['"at":"2026', '"at":"x026'],
      ['"size":"5"', '"size":{"a":1}'],
    ] as const;
    const [from, to] = one(random, changes);
    return { body: body.replace(from, to) };
  },
  'too many or too few parts': ({ body }, asked, random) => {
    if (kindOf(asked) !== 'batch') return undefined;
    const count = body.split(PART).length - 1;
    const parts = Array.from(
      {
        length: one(
          random,
          [0, 1, count - 1, count + 1, count * 2].filter((n) => n !== count),
        ),
      },
      () => PART,
    );
    return { body: batchText(parts) };
  },
  'an invalid part': ({ body }, asked, random) => {
    if (kindOf(asked) !== 'batch') return undefined;
    const part = one(random, [
      'HTTP/1.1 200 OK\r\n\r\n',
      ...(asked.body.includes('DELETE ') ? [] : ['HTTP/1.1 204 No Content\r\n\r\n']), // a delete needs no ETag
      `HTTP/1.1 404 Not Found\r\n\r\n${PAGE}`,
      `HTTP/1.1 abc\r\n\r\n`,
    ]);
    return { body: body.replace(PART, part) };
  },
};

const CODES = [
  'NoSuchKey',
  'ResourceNotFound',
  'TableNotFound',
  'EntityAlreadyExists',
  'UpdateConditionNotSatisfied',
  'TableAlreadyExists',
];

/** Requests whose responses are sent to other requests. */
const OTHERS: readonly Asked[] = [
  { method: 'GET', url: "/Notes(PartitionKey='p',RowKey='r9')", headers: {}, body: '' },
  { method: 'GET', url: '/Notes()', headers: {}, body: '' },
  { method: 'GET', url: '/Tables', headers: {}, body: '' },
  { method: 'POST', url: '/Notes', headers: {}, body: '' },
  { method: 'DELETE', url: "/Notes(PartitionKey='p',RowKey='r9')", headers: {}, body: '' },
  { method: 'POST', url: '/$batch', headers: {}, body: 'POST x\nPOST y\n' },
];

/** Returns a random wrong response to a request. */
export function wrongAnswer(asked: Asked, random: Random, elsewhere: string): Wrong {
  const right = rightAnswer(asked);
  for (;;) {
    const how = one(random, Object.keys(DISTORTIONS));
    const distorted = DISTORTIONS[how]!(right, asked, random, elsewhere);
    if (distorted !== undefined) return { ...right, ...distorted, how };
  }
}

function one<T>(random: Random, some: readonly T[]): T {
  return some[below(random, some.length)]!;
}

function typed(contentType: string): Record<string, string> {
  return contentType === '' ? {} : { 'content-type': contentType };
}

function marked(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-ms-')));
}
