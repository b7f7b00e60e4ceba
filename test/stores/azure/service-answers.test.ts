import { TableServiceClient } from '@azure/data-tables';
import { expect } from 'chai';
import { inspect } from 'node:util';
import { DataSource } from '../../../src/data-source/data-source.js';
import { EntitableError } from '../../../src/errors/entitable-error.js';
import type { LogEvent } from '../../../src/observability/events.js';
import type { ServiceProperties } from '../../../src/store/service-administration.js';
import { CannedService, COSMOS_ENDPOINT, ENDPOINT, KEY, type Answer } from './canned-service.js';
import { rejection } from '../../support/every-store.js';

// Response bodies in the form that the documentation of the REST API shows.
const POLICIES = `\uFEFF<?xml version="1.0" encoding="utf-8"?>
<SignedIdentifiers>
  <SignedIdentifier>
    <Id>MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=</Id>
    <AccessPolicy>
      <Start>2009-09-28T08:49:37.0000000Z</Start>
      <Expiry>2009-09-29T08:49:37.0000000Z</Expiry>
      <Permission>raud</Permission>
    </AccessPolicy>
  </SignedIdentifier>
  <SignedIdentifier><Id>later</Id><AccessPolicy /></SignedIdentifier>
</SignedIdentifiers>`;
const PROPERTIES = `<?xml version="1.0" encoding="utf-8"?>
<StorageServiceProperties>
  <Logging>
    <Version>1.0</Version><Delete>true</Delete><Read>false</Read><Write>true</Write>
    <RetentionPolicy><Enabled>true</Enabled><Days>7</Days></RetentionPolicy>
  </Logging>
  <HourMetrics>
    <Version>1.0</Version><Enabled>true</Enabled><IncludeAPIs>false</IncludeAPIs>
    <RetentionPolicy><Enabled>true</Enabled><Days>7</Days></RetentionPolicy>
  </HourMetrics>
  <MinuteMetrics>
    <Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy>
  </MinuteMetrics>
  <Cors>
    <CorsRule>
      <AllowedOrigins>http://www.fabrikam.com,http://www.contoso.com</AllowedOrigins>
      <AllowedMethods>GET,PUT</AllowedMethods>
      <MaxAgeInSeconds>500</MaxAgeInSeconds>
      <ExposedHeaders>x-ms-meta-data*,x-ms-meta-customheader</ExposedHeaders>
      <AllowedHeaders />
    </CorsRule>
  </Cors>
</StorageServiceProperties>`;
const NONE = PROPERTIES.replace(/<Cors>[^]*<\/Cors>/, '<Cors />');
const STATISTICS = `<?xml version="1.0" encoding="utf-8"?>
<StorageServiceStats>
  <GeoReplication>
    <Status>live</Status>
    <LastSyncTime>Mon, 21 Sep 2026 15:45:11 GMT</LastSyncTime>
  </GeoReplication>
</StorageServiceStats>`;
const refusal = (code: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><error xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><code>${code}</code><message xml:lang="en-US">Words of the service.</message></error>`;

const HEADERS = { 'content-type': 'application/xml' };
const xml =
  (body: string, status = 200): Answer =>
  () => ({ status, headers: HEADERS, body });

async function opened(answer: Answer, options: Parameters<typeof DataSource.open>[1] = {}) {
  const service = new CannedService(answer);
  const target = { endpoint: ENDPOINT, credential: KEY };
  const source = await DataSource.open(target, {
    httpClient: service,
    retry: { maxRetries: 2, slow: { slot: 1 } },
    ...options,
  });
  return { source, tables: source.tables, sent: service.sent };
}

describe('Responses of the service to administration requests', () => {
  it('Access policies are read, even those without any member but the id', async () => {
    const { tables, sent } = await opened(xml(POLICIES));
    expect(await tables.getAccessPolicies('Orders')).to.deep.equal([
      {
        id: 'MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=',
        start: new Date('2009-09-28T08:49:37Z'),
        expiry: new Date('2009-09-29T08:49:37Z'),
        permissions: ['read', 'add', 'update', 'delete'],
      },
      { id: 'later' },
    ]);
    expect(sent.map(({ method, url }) => `${method} ${url}`)).to.deep.equal([`GET ${ENDPOINT}/Orders?comp=acl`]);
  });

  it('Access policies are sent with dates in whole seconds, and only with the given members', async () => {
    const { tables, sent } = await opened(xml('', 204));
    const start = new Date('2026-01-01T00:00:00.750Z');
    await tables.setAccessPolicies('Orders', [{ id: 'a<b', start, permissions: ['delete', 'read'] }, { id: 'later' }]);
    await tables.setAccessPolicies('Orders', []);
    const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
    expect(sent.map(({ method, url, body }) => [method, url, body])).to.deep.equal([
      [
        'PUT',
        `${ENDPOINT}/Orders?comp=acl`,
        `${head}<SignedIdentifiers><SignedIdentifier><Id>a&lt;b</Id><AccessPolicy><Start>2026-01-01T00:00:00Z</Start><Permission>rd</Permission></AccessPolicy></SignedIdentifier><SignedIdentifier><Id>later</Id><AccessPolicy/></SignedIdentifier></SignedIdentifiers>`,
      ],
      ['PUT', `${ENDPOINT}/Orders?comp=acl`, `${head}<SignedIdentifiers/>`],
    ]);
  });

  for (const code of ['TableNotFound', 'ResourceNotFound']) {
    it(`The service code ${code} of an administration request becomes store.table-not-found`, async () => {
      const { tables } = await opened(xml(refusal(code), 404));
      expect(await rejection(tables.getAccessPolicies('Orders'))).to.deep.include({
        code: 'store.table-not-found',
        details: { table: 'Orders', status: 404, serviceCode: code },
      });
    });
  }

  it('Other kinds of status 404, e.g. of a proxy, are not reported as a missing table', async () => {
    const page: Answer = () => ({
      status: 404,
      foreign: true,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<html><body>Not Found</body></html>',
    });
    for (const [answer, code, what] of [
      [xml(refusal('ContainerNotFound'), 404), 'store.rejected', { serviceCode: 'ContainerNotFound' }],
      [page, 'store.unavailable', { contentType: 'text/html' }],
    ] as const) {
      const { tables } = await opened(answer);
      for (const work of [() => tables.getAccessPolicies('Orders'), () => tables.setAccessPolicies('Orders', [])]) {
        expect(await rejection(work())).to.deep.include({
          code,
          details: { table: 'Orders', status: 404, ...what },
        });
      }
      expect(await rejection(tables.getCors())).to.deep.include({
        code,
        details: { status: 404, ...what },
      });
    }
  });

  it('Service properties are read, with and without CORS rules', async () => {
    const properties: ServiceProperties = {
      logging: { read: false, write: true, delete: true, retentionDays: 7 },
      hourMetrics: { enabled: true, includeAPIs: false, retentionDays: 7 },
      minuteMetrics: { enabled: false },
      cors: [
        {
          allowedOrigins: ['http://www.fabrikam.com', 'http://www.contoso.com'],
          allowedMethods: ['GET', 'PUT'],
          allowedHeaders: [],
          exposedHeaders: ['x-ms-meta-data*', 'x-ms-meta-customheader'],
          maxAgeInSeconds: 500,
        },
      ],
    };
    expect(await (await opened(xml(PROPERTIES))).tables.getServiceProperties()).to.deep.equal(properties);
    expect(await (await opened(xml(PROPERTIES))).tables.getCors()).to.deep.equal(properties.cors);
    expect(await (await opened(xml(NONE))).tables.getCors()).to.deep.equal([]);
  });

  it('Service properties are sent with only the given members; an empty list of CORS rules is sent too', async () => {
    const { tables, sent } = await opened(xml('', 202));
    await tables.setCors([]);
    await tables.setServiceProperties({ hourMetrics: { enabled: true }, minuteMetrics: { enabled: false } });
    const root = (inner: string): string =>
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><StorageServiceProperties>${inner}</StorageServiceProperties>`;
    const kept = '<RetentionPolicy><Enabled>false</Enabled></RetentionPolicy>';
    expect(sent.map(({ body }) => body)).to.deep.equal([
      root('<Cors/>'),
      root(
        `<HourMetrics><Version>1.0</Version><Enabled>true</Enabled><IncludeAPIs>false</IncludeAPIs>${kept}</HourMetrics><MinuteMetrics><Version>1.0</Version><Enabled>false</Enabled>${kept}</MinuteMetrics>`,
      ),
    ]);
  });

  it('Statistics of the secondary location are read, even if it is not synchronised yet', async () => {
    const { tables, sent } = await opened(xml(STATISTICS));
    expect(await tables.getStatistics()).to.deep.equal({
      geoReplication: { status: 'live', lastSyncTime: new Date('2026-09-21T15:45:11Z') },
    });
    expect(sent.map(({ url }) => url)).to.deep.equal([
      'https://account-secondary.table.core.windows.net/?restype=service&comp=stats',
    ]);
    const early = STATISTICS.replace('live', 'bootstrap').replace(/(<LastSyncTime>)[^<]*/, '$1');
    expect(await (await opened(xml(early))).tables.getStatistics()).to.deep.equal({
      geoReplication: { status: 'bootstrap' },
    });
  });

  it('Reading statistics without a secondary location fails with an error that names the requirement', async () => {
    const { tables } = await opened(() => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND account-secondary'), { code: 'ENOTFOUND' });
    });
    const error = (await rejection(tables.getStatistics())) as Error & { code: string };
    expect(error.code).to.equal('store.unavailable');
    expect(error.message).to.contain('read-access geo-redundancy');
  });

  it('Administration requests to a busy service are retried, even changes, because they are idempotent', async () => {
    let answers = 0;
    const busy: Answer = (sent, original) =>
      ++answers % 3 > 0
        ? { status: answers % 3 === 1 ? 503 : 500, headers: HEADERS, body: refusal('ServerBusy') }
        : xml(sent.method === 'GET' ? PROPERTIES : '', sent.method === 'GET' ? 200 : 202)(sent, original);
    const events: LogEvent[] = [];
    const { tables, sent } = await opened(busy, { logger: (event) => events.push(event) });
    await tables.getCors();
    await tables.setCors([]);
    expect(sent).to.have.length(6);
    expect(
      events
        .filter((event) => event.kind === 'operation')
        .map(({ operation, ...event }) => [operation, 'retries' in event && event.retries]),
    ).to.deep.equal([
      ['get-service-properties', 2],
      ['set-service-properties', 2],
    ]);
  });

  it('A signal and a timeout end an administration request', async () => {
    const { tables } = await opened(() => new Promise(() => undefined));
    const signal = AbortSignal.timeout(20);
    expect(await rejection(tables.getAccessPolicies('Orders', { signal }))).to.include({ code: 'store.aborted' });
    expect(await rejection(tables.getServiceProperties({ timeout: 20 }))).to.include({ code: 'store.timeout' });
    expect(await rejection(tables.setCors([], { timeout: 20 }))).to.include({ code: 'store.outcome-unknown' });
    expect(await rejection(tables.getStatistics({ timeout: 20 }))).to.include({ code: 'store.timeout' });
  });

  it('A closed data source sends no administration request', async () => {
    const { source, tables, sent } = await opened(xml(PROPERTIES));
    await source.close();
    expect(await rejection(tables.getServiceProperties())).to.include({ code: 'store.closed' });
    expect(await rejection(tables.getAccessPolicies('Orders'))).to.include({ code: 'store.closed' });
    expect(sent).to.deep.equal([]);
  });

  it('Administration of the service on Cosmos DB fails without a request', async () => {
    const service = new CannedService(xml(PROPERTIES));
    const target = { endpoint: COSMOS_ENDPOINT, credential: KEY };
    const { tables } = await DataSource.open(target, { httpClient: service });
    const expiry = new Date(Date.now() + 1000);
    for (const work of [
      () => tables.getAccessPolicies('Orders'),
      () => tables.generateTableSas('Orders', { permissions: ['read'], expiry }),
      () => tables.getServiceProperties(),
      () => tables.setCors([]),
      () => tables.getStatistics(),
    ]) {
      const error = await rejection(work());
      expect(EntitableError.is(error, 'store.not-supported') && error.details.kind).to.equal('azure-cosmos');
    }
    expect(service.sent).to.deep.equal([]);
  });
});

describe('A SAS created by a data source', () => {
  const expiry = new Date('2099-01-01T00:00:00.999Z');

  it('A SAS requires https by default if the endpoint is https', async () => {
    const { tables } = await opened(xml(''));
    const query = async (protocol?: 'https' | 'https,http') => {
      const access = await tables.generateTableSas('Orders', { permissions: ['read'], expiry, protocol });
      return Object.fromEntries([...new URLSearchParams(access.signature)].filter(([name]) => name !== 'sig'));
    };
    const said = { sv: '2019-02-02', se: '2099-01-01T00:00:00Z', sp: 'r', tn: 'Orders' };
    expect(await query()).to.deep.equal({ ...said, spr: 'https' });
    expect(await query('https,http')).to.deep.equal({ ...said, spr: 'https,http' });
    const account = await tables.generateAccountSas({ permissions: ['write', 'read', 'list'], expiry });
    expect(new URLSearchParams(account.signature).get('spr')).to.equal('https');
  });

  it("A SAS of the account covers only tables, with the letters in the service's order", async () => {
    const { tables } = await opened(xml(''));
    const permissions = ['update', 'add', 'list', 'delete', 'write', 'read'] as const;
    const access = await tables.generateAccountSas({ permissions, expiry, resourceTypes: ['object', 'service'] });
    const query = new URLSearchParams(access.signature);
    expect(['ss', 'srt', 'sp'].map((name) => query.get(name))).to.deep.equal(['t', 'so', 'rwdlau']);
  });

  it('A SAS is signed with the current key of the credential', async () => {
    const credential = { ...KEY };
    const { tables } = await DataSource.open({ endpoint: ENDPOINT, credential });
    const sign = async (): Promise<string> =>
      (await tables.generateTableSas('Orders', { permissions: ['read'], expiry })).signature;
    const first = await sign();
    expect(await sign()).to.equal(first);
    credential.key = 'YW5vdGhlciBrZXk=';
    expect(await sign()).not.to.equal(first);
  });

  for (const [how, target] of [
    ['a SAS', { endpoint: ENDPOINT, credential: { signature: 'sv=2019-02-02&sig=c2lnbmF0dXJl' } }],
    ['a SAS in a connection string', `TableEndpoint=${ENDPOINT};SharedAccessSignature=sv=2019-02-02&sig=c2lnbmF0dXJl`],
    ['a token', { endpoint: ENDPOINT, credential: { getToken: () => Promise.resolve(null) } }],
    ['a client', { serviceClient: new TableServiceClient(ENDPOINT, KEY) }],
  ] as const) {
    it(`A SAS cannot be created if the data source was opened by ${how}; the error explains why and what to do`, async () => {
      const { tables } = await DataSource.open(target);
      for (const work of [
        () => tables.generateTableSas('Orders', { permissions: ['read'], expiry }),
        () => tables.generateAccountSas({ permissions: ['read'], expiry }),
      ]) {
        expect(await rejection(work())).to.deep.include({
          code: 'store.unauthorized',
          message:
            "A SAS is signed with the account's key, and this data source was opened without it: by a SAS, a token or a client. Open one by a connection string with AccountKey, or by { endpoint, credential: { name, key } }.",
          details: {},
        });
      }
    });
  }
});

describe('Secrets of service administration', () => {
  const everything = (value: unknown): string =>
    inspect(value, { depth: Infinity, showHidden: true, getters: false }) + JSON.stringify(value);

  it('Data sources, printed SAS tokens, errors and logs contain no secret of service administration', async () => {
    const events: LogEvent[] = [];
    const expiry = new Date(Date.now() + 3_600_000);
    const { source, tables } = await opened(xml(refusal('AuthenticationFailed'), 403), {
      logger: (event) => events.push(event),
    });
    const access = await tables.generateTableSas('Orders', { permissions: ['read'], expiry });
    const signature = new URLSearchParams(access.signature).get('sig')!;
    const printed: unknown[] = [source, tables, source.store, source.store.service, access];
    const unreachable = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const failing: readonly Answer[] = [
      xml(refusal('AuthenticationFailed'), 403),
      xml(refusal('InternalError'), 500),
      () => {
        throw unreachable;
      },
    ];
    for (const target of [access, { endpoint: ENDPOINT, credential: KEY }]) {
      for (const answer of failing) {
        const options = {
          httpClient: new CannedService(answer),
          retry: false,
          logger: (event: LogEvent) => events.push(event),
        } as const;
        const { tables: used, store } = await DataSource.open(target, options);
        printed.push(store, used);
        for (const work of [
          () => used.getAccessPolicies('Orders'),
          () => used.setAccessPolicies('Orders', []),
          () => used.getServiceProperties(),
          () => used.setCors([]),
          () => used.getStatistics(),
        ]) {
          printed.push(await rejection(work()));
        }
      }
    }
    printed.push(events);
    const text = printed.map(everything).join('\n');
    for (const secret of [KEY.key, signature, encodeURIComponent(signature)])
      expect(text.includes(secret)).to.equal(false);
    expect(events).to.have.length(30);
  });
});
