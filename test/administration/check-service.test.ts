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

/** Invalid calls, by the option that the error names. */
const REFUSED: readonly (readonly [option: string, title: string, work: (tables: Tables) => Promise<unknown>])[] = [
  ['table', 'the policies of an invalid table name', (t) => t.getAccessPolicies('no name')],
  ['table', 'new policies for an invalid table name', (t) => t.setAccessPolicies('no name', [])],
  [
    'policies',
    'six policies',
    (t) =>
      t.setAccessPolicies(
        'Orders',
        Array.from('abcdef', (id) => ({ id })),
      ),
  ],
  ['policies', 'policies that are not a list', (t) => t.setAccessPolicies('Orders', policy as never)],
  ['policies[0]', 'an invalid policy', (t) => t.setAccessPolicies('Orders', [null as never])],
  ['policies[0].id', 'an empty id', (t) => t.setAccessPolicies('Orders', [{ id: '' }])],
  ['policies[0].id', 'an id of 65 characters', (t) => t.setAccessPolicies('Orders', [{ id: 'x'.repeat(65) }])],
  ['policies[0].id', 'an id of two lines', (t) => t.setAccessPolicies('Orders', [{ id: 'a\nb' }])],
  ['policies[0].id', 'an id with half of a surrogate pair', (t) => t.setAccessPolicies('Orders', [{ id: '\ud800' }])],
  ['policies[1].id', 'a duplicate id', (t) => t.setAccessPolicies('Orders', [policy, policy])],
  ['policies[0].expiry', 'an invalid date', (t) => t.setAccessPolicies('Orders', [{ id: 'p', expiry: new Date('x') }])],
  [
    'policies[0].expiry',
    'a year beyond 9999',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', expiry: new Date('+012000-01-01') }]),
  ],
  [
    'policies[0].start',
    'a string as a date',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', start: '2026' as never }]),
  ],
  [
    'policies[0].expiry',
    'a policy that expires before it starts',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', start: expiry, expiry }]),
  ],
  [
    'policies[0].permissions',
    'an empty list of permissions',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', permissions: [] }]),
  ],
  [
    'policies[0].permissions',
    'permissions as letters',
    (t) => t.setAccessPolicies('Orders', [{ id: 'p', permissions: 'raud' as never }]),
  ],

  ['table', 'a SAS for an invalid table name', (t) => t.generateTableSas('no name', { permissions: read, expiry })],
  ['options', 'a SAS without options', (t) => t.generateTableSas('Orders', undefined as never)],
  ['permissions', 'a SAS with neither permissions nor a policy', (t) => t.generateTableSas('Orders', { expiry })],
  [
    'permissions',
    'an unknown permission',
    (t) => t.generateTableSas('Orders', { permissions: ['list' as never], expiry }),
  ],
  ['expiry', 'a SAS with neither an expiry nor a policy', (t) => t.generateTableSas('Orders', { permissions: read })],
  [
    'expiry',
    'a SAS that expires before it starts',
    (t) => t.generateTableSas('Orders', { permissions: read, start: expiry, expiry }),
  ],
  ['expiry', 'a number as the expiry', (t) => t.generateTableSas('Orders', { permissions: read, expiry: 5 as never })],
  ['policy', 'a policy id of two lines', (t) => t.generateTableSas('Orders', { policy: 'a\nb' })],
  ['policy', 'an empty policy id', (t) => t.generateTableSas('Orders', { policy: '' })],
  [
    'protocol',
    'the protocol http alone',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, protocol: 'http' as never }),
  ],
  [
    'ipRange',
    'an invalid IP address',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, ipRange: { start: '1.2.3' } }),
  ],
  [
    'ipRange',
    'an invalid end of the IP range',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, ipRange: { start: '1.2.3.4', end: '::1' } }),
  ],
  [
    'ipRange',
    'an IP range that ends before it starts',
    (t) =>
      t.generateTableSas('Orders', { permissions: read, expiry, ipRange: { start: '10.0.0.10', end: '10.0.0.9' } }),
  ],
  [
    'ipRange',
    'a string as the IP range',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, ipRange: '1.2.3.4' as never }),
  ],
  [
    'from',
    'a row key without a partition key',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, from: { rowKey: 'r' } as never }),
  ],
  [
    'from',
    'a row key in an empty partition key',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, from: { partitionKey: '', rowKey: 'r' } }),
  ],
  // Keys are signed line by line: this text would also sign the range from "a" to "z".
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
    'an empty row key as the end of the range',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, to: { partitionKey: 'p', rowKey: '' } }),
  ],
  [
    'to',
    'an empty partition key as the end of the range',
    (t) => t.generateTableSas('Orders', { permissions: read, expiry, to: { partitionKey: '' } }),
  ],
  [
    'to',
    'a key range that ends before it starts',
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
    'a key range that ends before it starts in one partition',
    (t) =>
      t.generateTableSas('Orders', {
        permissions: read,
        expiry,
        from: { partitionKey: 'a', rowKey: '2' },
        to: { partitionKey: 'a', rowKey: '1' },
      }),
  ],
  ['permissions', 'an account SAS without permissions', (t) => t.generateAccountSas({ permissions: [], expiry })],
  ['expiry', 'an account SAS without an expiry', (t) => t.generateAccountSas({ permissions: read } as never)],
  [
    'resourceTypes',
    'an unknown resource type',
    (t) => t.generateAccountSas({ permissions: read, expiry, resourceTypes: ['table' as never] }),
  ],

  ['properties', 'service properties without a member', (t) => t.setServiceProperties({})],
  [
    'logging.delete',
    'incomplete logging properties',
    (t) => t.setServiceProperties({ logging: { read: true, write: true } as never }),
  ],
  [
    'logging.retentionDays',
    'a retention of 0 days',
    (t) => t.setServiceProperties({ logging: { ...logging, retentionDays: 0 } }),
  ],
  [
    'hourMetrics.retentionDays',
    'a retention of 366 days',
    (t) => t.setServiceProperties({ hourMetrics: { enabled: true, retentionDays: 366 } }),
  ],
  ['minuteMetrics.enabled', 'metrics without a member', (t) => t.setServiceProperties({ minuteMetrics: {} as never })],
  [
    'minuteMetrics.includeAPIs',
    'includeAPIs with disabled metrics',
    (t) => t.setServiceProperties({ minuteMetrics: { enabled: false, includeAPIs: true } }),
  ],
  ['cors', 'six CORS rules', (t) => t.setServiceProperties({ cors: [rule, rule, rule, rule, rule, rule] })],
  ['cors', 'CORS rules that are not a list', (t) => t.setCors(rule as never)],
  ['cors[0]', 'an invalid CORS rule', (t) => t.setCors(['*' as never])],
  ['cors[1].allowedOrigins', 'a CORS rule without origins', (t) => t.setCors([rule, { ...rule, allowedOrigins: [] }])],
  ['cors[0].allowedOrigins', 'a CORS origin with a comma', (t) => t.setCors([{ ...rule, allowedOrigins: ['a,b'] }])],
  [
    'cors[0].allowedMethods',
    'an unknown CORS method',
    (t) => t.setCors([{ ...rule, allowedMethods: ['TRACE' as never] }]),
  ],
  [
    'cors[0].allowedHeaders',
    'a header of 257 characters',
    (t) => t.setCors([{ ...rule, allowedHeaders: ['x'.repeat(257)] }]),
  ],
  [
    'cors[0].exposedHeaders',
    'a CORS rule with 65 headers',
    (t) => t.setCors([{ ...rule, exposedHeaders: Array.from({ length: 65 }, (_, n) => `h${n}`) }]),
  ],
  [
    'cors[0].allowedHeaders',
    'a CORS rule with three header prefixes',
    (t) => t.setCors([{ ...rule, allowedHeaders: ['a*', 'b*', 'c*'] }]),
  ],
  ['cors[0].maxAgeInSeconds', 'a negative maxAgeInSeconds', (t) => t.setCors([{ ...rule, maxAgeInSeconds: -1 }])],
  [
    'cors[0].maxAgeInSeconds',
    'a maxAgeInSeconds beyond Int32',
    (t) => t.setCors([{ ...rule, maxAgeInSeconds: 2 ** 31 }]),
  ],
  ['cors', 'CORS rules of more than 2 KiB in total', (t) => t.setCors([long, long, long, long, long])],
  [
    'cors',
    'service properties with CORS rules of more than 2 KiB',
    (t) => t.setServiceProperties({ cors: [long, long, long, long, long] }),
  ],
  ['timeout', 'an invalid timeout', (t) => t.getStatistics({ timeout: 'soon' as never })],
];

describe('Validation of service administration', () => {
  for (const [option, title, work] of REFUSED) {
    it(`Service administration rejects ${title} before a request is sent`, async () => {
      const service = new CannedService(() => ({ status: 200 }));
      await using source = await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service });
      const error = await rejection(work(source.tables));
      if (!EntitableError.is(error, 'validation.invalid-option')) throw error;
      expect(error.details.option).to.equal(option);
      expect(service.sent).to.deep.equal([]);
    });
  }
});

it('CORS rules may have 64 headers, two header prefixes and 2 KiB in total', async () => {
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
