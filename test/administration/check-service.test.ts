import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { CannedService, ENDPOINT, KEY } from '../stores/azure/canned-service.js';
import { rejection } from '../support/every-store.js';

const expiry = new Date('2099-01-01T00:00:00Z');
const read = ['read'] as const;
const policy = { id: 'p', permissions: read };
const rule = {
  allowedOrigins: ['*'],
  allowedMethods: ['GET'],
  allowedHeaders: [],
  exposedHeaders: [],
  maxAgeInSeconds: 0,
} as const;
const long = { ...rule, allowedOrigins: Array.from({ length: 30 }, (_, n) => `https://n${n + 10}.example`) };
const logging = { read: true, write: true, delete: true };

type Tables = DataSource['tables'];

/** What is refused, by the option that is named in the error. */
const REFUSED: readonly (readonly [option: string, title: string, work: (tables: Tables) => Promise<unknown>])[] = [
  ['table', 'policies of what is no table', (t) => t.getAccessPolicies('no name')],
  ['table', 'policies for what is no table', (t) => t.setAccessPolicies('no name', [])],
  [
    'policies',
    'six policies',
    (t) =>
      t.setAccessPolicies(
        'Orders',
        Array.from('abcdef', (id) => ({ id })),
      ),
  ],
  ['policies', 'policies that are no list', (t) => t.setAccessPolicies('Orders', policy as never)],
  ['policies[0]', 'a policy that is none', (t) => t.setAccessPolicies('Orders', [null as never])],
  ['policies[0].id', 'an empty id', (t) => t.setAccessPolicies('Orders', [{ id: '' }])],
  ['policies[0].id', 'an id of 65 characters', (t) => t.setAccessPolicies('Orders', [{ id: 'x'.repeat(65) }])],
  ['policies[0].id', 'an id of two lines', (t) => t.setAccessPolicies('Orders', [{ id: 'a\nb' }])],
  ['policies[0].id', 'an id with half a character', (t) => t.setAccessPolicies('Orders', [{ id: '\ud800' }])],
  ['policies[1].id', 'an id that comes twice', (t) => t.setAccessPolicies('Orders', [policy, policy])],
  [
    'policies[0].expiry',
    'a date that is none',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', expiry: new Date('x') }]),
  ],
  [
    'policies[0].expiry',
    'a year that the service has not',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', expiry: new Date('+012000-01-01') }]),
  ],
  [
    'policies[0].start',
    'a text for a date',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', start: '2026' as never }]),
  ],
  [
    'policies[0].expiry',
    'an end before its start',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', start: expiry, expiry }]),
  ],
  ['policies[0].permissions', 'no permission', (t) => t.setAccessPolicies('Orders', [{ id: 'p', permissions: [] }])],
  [
    'policies[0].permissions',
    'letters',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', permissions: 'raud' as never }]),
  ],

  ['table', 'a SAS of what is no table', (t) => t.generateTableSas('no name', { permissions: read, expiry })],
  ['options', 'no options', (t) => t.generateTableSas('Orders', undefined as never)],
  ['permissions', 'neither permissions nor policy', (t) => t.generateTableSas('Orders', { expiry })],
  [
    'permissions',
    'a permission there is not',
    (t) => t.generateTableSas('Orders', { permissions: ['list' as never], expiry }),
  ],
  ['expiry', 'neither an end nor a policy', (t) => t.generateTableSas('Orders', { permissions: read })],
  [
    'expiry',
    'an end before the start',
    (t) => t.generateTableSas('Orders', { permissions: read, start: expiry, expiry }),
  ],
  ['expiry', 'a number for an end', (t) => t.generateTableSas('Orders', { permissions: read, expiry: 5 as never })],
  ['policy', 'a policy id of two lines', (t) => t.generateTableSas('Orders', { policy: 'a\nb' })],
  ['policy', 'an empty policy id', (t) => t.generateTableSas('Orders', { policy: '' })],
  [
    'protocol',
    'http alone',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, protocol: 'http' as never }),
  ],
  [
    'ipRange',
    'an address that is none',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, ipRange: { start: '1.2.3' } }),
  ],
  [
    'ipRange',
    'an end that is none',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, ipRange: { start: '1.2.3.4', end: '::1' } }),
  ],
  [
    'ipRange',
    'an end before the beginning of addresses',
    (t) =>
      t.generateTableSas('Orders', { permissions: read, expiry, ipRange: { start: '10.0.0.10', end: '10.0.0.9' } }),
  ],
  [
    'ipRange',
    'a text for a range',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, ipRange: '1.2.3.4' as never }),
  ],
  [
    'from',
    'a row key alone',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, from: { rowKey: 'r' } as never }),
  ],
  [
    'from',
    'a row key of an empty partition key',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, from: { partitionKey: '', rowKey: 'r' } }),
  ],
  // Lines are what is signed: this would sign the range from "a" to "z" as well.
  [
    'from',
    'a partition key of several lines',
    (t) =>
      t.generateTableSas('Orders', {
        permissions: read,
        expiry,
        from: { partitionKey: 'a\n\nz' },
        to: { partitionKey: 'a\n\nz' },
      }),
  ],
  [
    'to',
    'a row key of two lines',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, to: { partitionKey: 'a', rowKey: 'b\nc' } }),
  ],
  [
    'to',
    'an end that would be none',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, to: { partitionKey: 'p', rowKey: '' } }),
  ],
  [
    'to',
    'an empty partition key for an end',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, to: { partitionKey: '' } }),
  ],
  [
    'to',
    'an end before the beginning',
    (t) =>
      t.generateTableSas('Orders', {
        permissions: read,
        expiry,
        from: { partitionKey: 'b' },
        to: { partitionKey: 'a' },
      }),
  ],
  [
    'to',
    'the same in a partition',
    (t) =>
      t.generateTableSas('Orders', {
        permissions: read,
        expiry,
        from: { partitionKey: 'a', rowKey: '2' },
        to: { partitionKey: 'a', rowKey: '1' },
      }),
  ],
  ['permissions', 'no permission in an account', (t) => t.generateAccountSas({ permissions: [], expiry })],
  ['expiry', 'no end of a SAS of the account', (t) => t.generateAccountSas({ permissions: read } as never)],
  [
    'resourceTypes',
    'a resource there is not',
    (t) => t.generateAccountSas({ permissions: read, expiry, resourceTypes: ['table' as never] }),
  ],

  ['properties', 'properties that say nothing', (t) => t.setServiceProperties({})],
  [
    'logging.delete',
    'a part of the logging',
    (t) => t.setServiceProperties({ logging: { read: true, write: true } as never }),
  ],
  ['logging.retentionDays', 'no day', (t) => t.setServiceProperties({ logging: { ...logging, retentionDays: 0 } })],
  [
    'hourMetrics.retentionDays',
    '366 days',
    (t) => t.setServiceProperties({ hourMetrics: { enabled: true, retentionDays: 366 } }),
  ],
  ['minuteMetrics.enabled', 'metrics that say nothing', (t) => t.setServiceProperties({ minuteMetrics: {} as never })],
  [
    'minuteMetrics.includeAPIs',
    'counts by kind without counts',
    (t) => t.setServiceProperties({ minuteMetrics: { enabled: false, includeAPIs: true } }),
  ],
  ['cors', 'six rules', (t) => t.setServiceProperties({ cors: [rule, rule, rule, rule, rule, rule] })],
  ['cors', 'rules that are no list', (t) => t.setCors(rule as never)],
  ['cors[0]', 'a rule that is none', (t) => t.setCors(['*' as never])],
  ['cors[1].allowedOrigins', 'no origin', (t) => t.setCors([rule, { ...rule, allowedOrigins: [] }])],
  ['cors[0].allowedOrigins', 'two origins in one', (t) => t.setCors([{ ...rule, allowedOrigins: ['a,b'] }])],
  [
    'cors[0].allowedMethods',
    'a method there is not',
    (t) => t.setCors([{ ...rule, allowedMethods: ['TRACE' as never] }]),
  ],
  [
    'cors[0].allowedHeaders',
    'a header of 257 characters',
    (t) => t.setCors([{ ...rule, allowedHeaders: ['x'.repeat(257)] }]),
  ],
  [
    'cors[0].exposedHeaders',
    '65 headers',
    (t) => t.setCors([{ ...rule, exposedHeaders: Array.from({ length: 65 }, (_, n) => `h${n}`) }]),
  ],
  [
    'cors[0].allowedHeaders',
    'three beginnings of headers',
    (t) => t.setCors([{ ...rule, allowedHeaders: ['a*', 'b*', 'c*'] }]),
  ],
  ['cors[0].maxAgeInSeconds', 'less than no time', (t) => t.setCors([{ ...rule, maxAgeInSeconds: -1 }])],
  ['cors[0].maxAgeInSeconds', 'more than an Int32', (t) => t.setCors([{ ...rule, maxAgeInSeconds: 2 ** 31 }])],
  ['cors', 'rules of more than 2 KiB together', (t) => t.setCors([long, long, long, long, long])],
  ['cors', 'the same among other properties', (t) => t.setServiceProperties({ cors: [long, long, long, long, long] })],
  ['timeout', 'a time limit that is none', (t) => t.getStatistics({ timeout: 'soon' as never })],
];

describe('Administration of the service refuses before it sends anything', () => {
  for (const [option, title, work] of REFUSED) {
    it(title, async () => {
      const service = new CannedService(() => ({ status: 200 }));
      await using source = await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service });
      const error = await rejection(work(source.tables));
      if (!EntitableError.is(error, 'validation.invalid-option')) throw error;
      expect(error.details.option).to.equal(option);
      expect(service.sent).to.deep.equal([]);
    });
  }
});

it('CORS rules may have 64 headers, two beginnings of headers, and 2 KiB in all', async () => {
  const service = new CannedService(() => ({ status: 202 }));
  await using source = await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service });
  const allowedHeaders = [...Array.from({ length: 64 }, (_, n) => `h${n}`), 'a-*', 'b-*'];
  const { length: used } = ['*', 'GET', allowedHeaders.join(), '0'].join('');
  const exposedHeaders = Array.from({ length: 6 }, () => 'x'.repeat(256));
  exposedHeaders.push('x'.repeat(2048 - used - exposedHeaders.join().length - 1));
  await source.tables.setCors([{ ...rule, allowedHeaders, exposedHeaders }]);
  const longer = [...exposedHeaders.slice(0, -1), `${exposedHeaders.at(-1)}x`];
  const error = await rejection(source.tables.setCors([{ ...rule, allowedHeaders, exposedHeaders: longer }]));
  expect([EntitableError.is(error, 'validation.invalid-option'), service.sent.length]).to.deep.equal([true, 1]);
});
