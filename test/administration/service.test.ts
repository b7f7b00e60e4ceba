import { expect } from 'chai';
import { TableServiceClient } from '@azure/data-tables';
import { DataSource } from '../../src/data-source/data-source.js';
import { Entity, PartitionKey, Property, RowKey } from '../../src/index.js';
import type { AccessPolicy, CorsRule, ServiceProperties } from '../../src/store/service-administration.js';
import { startAzurite, type Azurite } from '../azurite/azurite.js';
import { onEveryStore, rejection } from '../support/every-store.js';

@Entity({ table: 'Notes' })
class Note {
  @PartitionKey() list!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property() text?: string;
}

const HOUR = 3_600_000;
const inAnHour = (): Date => new Date(Date.now() + HOUR);
const note = (list: string, id: string): Note => Object.assign(new Note(), { list, id, text: 'a text' });

const RULE: CorsRule = {
  allowedOrigins: ['https://one.example', 'https://two.example'],
  allowedMethods: ['GET', 'PUT'],
  allowedHeaders: ['x-ms-meta-*'],
  exposedHeaders: ['*'],
  maxAgeInSeconds: 500,
};

describe('Administration of the service, on the emulator', () => {
  let azurite: Azurite;
  let source: DataSource;
  let table: string;
  const opened: DataSource[] = [];

  before(async () => {
    azurite = await startAzurite();
    source = await DataSource.open(azurite.connectionString);
    table = `Notes${process.pid}`;
    await source.tables.create(table);
  });
  after(async () => {
    for (const each of [source, ...opened]) await each.close();
  });

  /** Opens a repository of notes with a SAS. */
  async function notesOf(target: Parameters<typeof DataSource.open>[0]) {
    const found = await DataSource.open(target, { tableName: () => table, ensureTables: 'never', retry: false });
    opened.push(found);
    return found.repository(Note);
  }
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return 'done';
    } catch (error) {
      return (error as { readonly code: string }).code;
    }
  };

  describe('Access policies, on the emulator', () => {
    const start = new Date('2026-01-01T00:00:00Z');
    const policies: readonly AccessPolicy[] = [
      { id: 'readers', start, expiry: new Date('2099-01-01T00:00:01Z'), permissions: ['read'] },
      { id: 'a & <b> "ü"', start, expiry: new Date('2099-01-01T00:00:00Z'), permissions: ['read', 'add', 'delete'] },
    ];

    it('Access policies are empty at first, are read as they were set, and can be removed', async () => {
      expect(await source.tables.getAccessPolicies(table)).to.deep.equal([]);
      await source.tables.setAccessPolicies(table, policies);
      expect(await source.tables.getAccessPolicies(table)).to.deep.equal(policies);
      await source.tables.setAccessPolicies(table, []);
      expect(await source.tables.getAccessPolicies(table)).to.deep.equal([]);
    });

    it('Access policies have dates in whole seconds and permissions in a fixed order', async () => {
      const expiry = new Date('2099-01-01T00:00:01.789Z');
      await source.tables.setAccessPolicies(table, [{ id: 'p', start, expiry, permissions: ['delete', 'read'] }]);
      expect(await source.tables.getAccessPolicies(table)).to.deep.equal([
        { id: 'p', start, expiry: new Date('2099-01-01T00:00:01Z'), permissions: ['read', 'delete'] },
      ]);
    });

    it('Access policies of a missing table fail with store.table-not-found, even if writes create tables', async () => {
      expect(await refusal(source.tables.getAccessPolicies('Nowhere'))).to.equal('store.table-not-found');
      expect(await refusal(source.tables.setAccessPolicies('Nowhere', policies))).to.equal('store.table-not-found');
      expect(await source.tables.exists('Nowhere')).to.equal(false);
    });

    it('Access policies can be read through an existing client with its own policies', async () => {
      const client = TableServiceClient.fromConnectionString(azurite.connectionString, {
        allowInsecureConnection: true,
      });
      let requests = 0;
      client.pipeline.addPolicy({ name: 'counting', sendRequest: (request, next) => (requests++, next(request)) });
      await using own = await DataSource.open({ serviceClient: client });
      await own.tables.setAccessPolicies(table, policies);
      expect(await own.tables.getAccessPolicies(table)).to.deep.equal(policies);
      expect(requests).to.equal(2);
    });
  });

  describe('A SAS of a table, on the emulator', () => {
    it('A SAS of a table opens a data source that can do exactly what the SAS permits', async () => {
      await source
        .withTables(() => table)
        .repository(Note)
        .upsert(note('l', 'stored'));
      const access = await source.tables.generateTableSas(table, { permissions: ['read'], expiry: inAnHour() });
      const notes = await notesOf(access);
      expect(await notes.get({ list: 'l', id: 'stored' })).to.deep.equal(note('l', 'stored'));
      expect(await refusal(notes.insert(note('l', 'new')))).to.equal('store.unauthorized');
      expect(await refusal(notes.delete({ list: 'l', id: 'stored' }))).to.equal('store.unauthorized');
    });

    it('A SAS of a table can be used as a connection string', async () => {
      const access = await source.tables.generateTableSas(table, { permissions: ['add'], expiry: inAnHour() });
      const notes = await notesOf(access.connectionString);
      await notes.insert(note('l', `added${Date.now()}`));
      expect(await refusal(notes.get({ list: 'l', id: 'stored' }))).to.equal('store.unauthorized');
    });

    for (const [permissions, work] of [
      [['update'], 'merge'],
      [['add', 'update'], 'upsert'],
      [['delete'], 'delete'],
    ] as const) {
      it(`A SAS of a table with permission to ${permissions.join(' and ')} allows to ${work}, and not to read`, async () => {
        const id = `of ${work}`;
        await source
          .withTables(() => table)
          .repository(Note)
          .upsert(note('l', id));
        const notes = await notesOf(
          await source.tables.generateTableSas(table, { permissions, expiry: inAnHour(), protocol: 'https,http' }),
        );
        const key = { list: 'l', id };
        const doing = {
          merge: () => notes.merge(key, { text: 'b' }),
          upsert: () => notes.upsert(note('l', id)),
          delete: () => notes.delete(key),
        };
        expect(await refusal(doing[work]())).to.equal('done');
        expect(await refusal(notes.get(key))).to.equal('store.unauthorized');
      });
    }

    it('A SAS of a table permits nothing after its expiry, before its start, in another table, or over http if it requires https', async () => {
      const past = new Date(Date.now() - HOUR);
      const expired = await source.tables.generateTableSas(table, { permissions: ['read'], expiry: past });
      const later = new Date(Date.now() + 2 * HOUR);
      const early = await source.tables.generateTableSas(table, {
        permissions: ['read'],
        start: inAnHour(),
        expiry: later,
      });
      const other = await source.tables.generateTableSas('Others', { permissions: ['read'], expiry: inAnHour() });
      const secure = await source.tables.generateTableSas(table, {
        permissions: ['read'],
        expiry: inAnHour(),
        protocol: 'https',
      });
      for (const access of [expired, early, other, secure]) {
        const notes = await notesOf(access);
        expect(await refusal(notes.get({ list: 'l', id: 'stored' }))).to.equal('store.unauthorized');
      }
    });

    it('A SAS of a stored policy permits what the policy does, and nothing after the policy was removed', async () => {
      const [start, expiry] = [new Date(Date.now() - HOUR), inAnHour()];
      await source.tables.setAccessPolicies(table, [{ id: 'readers', start, expiry, permissions: ['read'] }]);
      const notes = await notesOf(await source.tables.generateTableSas(table, { policy: 'readers' }));
      expect(await refusal(notes.get({ list: 'l', id: 'stored' }))).to.equal('done');
      expect(await refusal(notes.insert(note('l', 'new')))).to.equal('store.unauthorized');
      await source.tables.setAccessPolicies(table, []);
      expect(await refusal(notes.get({ list: 'l', id: 'stored' }))).to.equal('store.unauthorized');
    });

    it('The signature of a SAS of a table covers its ranges of keys and addresses', async () => {
      const access = await source.tables.generateTableSas(table, {
        permissions: ['read'],
        expiry: inAnHour(),
        from: { partitionKey: "a b'ü" },
        to: { partitionKey: 'z', rowKey: 'r&r' },
        ipRange: { start: '127.0.0.1', end: '127.0.0.9' },
      });
      const query = new URLSearchParams(access.signature);
      expect(['spk', 'srk', 'epk', 'erk', 'sip'].map((name) => query.get(name))).to.deep.equal([
        "a b'ü",
        null,
        'z',
        'r&r',
        '127.0.0.1-127.0.0.9',
      ]);
      // The emulator checks the signature, but neither the keys nor the addresses.
      const notes = await notesOf(access);
      expect(await refusal(notes.get({ list: 'l', id: 'stored' }))).to.equal('done');
      const widened = {
        endpoint: access.endpoint,
        credential: { signature: access.signature.replace('epk=z', 'epk=zz') },
      };
      const forged = await notesOf(widened);
      expect(await refusal(forged.get({ list: 'l', id: 'stored' }))).to.equal('store.unauthorized');
    });
  });

  describe('A SAS of the account, on the emulator', () => {
    const administration = async (options: Parameters<typeof source.tables.generateAccountSas>[0]) => {
      const found = await DataSource.open(await source.tables.generateAccountSas(options), { retry: false });
      opened.push(found);
      return found.tables;
    };

    it('A SAS of the account permits its operations on its resources only', async () => {
      const tables = await administration({ permissions: ['read', 'list', 'write', 'delete'], expiry: inAnHour() });
      const made = `Made${process.pid}`;
      expect(await tables.createIfMissing(made)).to.equal(true);
      expect(await tables.exists(made)).to.equal(true);
      expect(await tables.delete(made)).to.equal(true);
      expect(Object.keys(await tables.getServiceProperties())).to.include('cors');

      const lister = await administration({ permissions: ['list'], expiry: inAnHour(), resourceTypes: ['container'] });
      expect(await lister.exists(table)).to.equal(true);
      expect(await refusal(lister.create('Refused'))).to.equal('store.unauthorized');
      expect(await refusal(lister.getServiceProperties())).to.equal('store.unauthorized');
    });

    it('A SAS of the account does not permit access policies', async () => {
      const permissions = ['read', 'add', 'update', 'delete', 'list', 'write'] as const;
      const tables = await administration({ permissions, expiry: inAnHour() });
      expect(await refusal(tables.getAccessPolicies(table))).to.equal('store.unauthorized');
    });
  });

  describe('Service properties, on the emulator', () => {
    const properties: ServiceProperties = {
      logging: { read: true, write: false, delete: true, retentionDays: 7 },
      hourMetrics: { enabled: true, includeAPIs: true, retentionDays: 365 },
      minuteMetrics: { enabled: false },
    };

    it('Service properties are read as they were set', async () => {
      await source.tables.setServiceProperties({ ...properties, cors: [] });
      expect(await source.tables.getServiceProperties()).to.deep.equal({ ...properties, cors: [] });
    });

    it('CORS rules can be set and removed alone', async () => {
      await source.tables.setServiceProperties(properties);
      await source.tables.setCors([RULE, { ...RULE, allowedOrigins: ['*'] }]);
      expect(await source.tables.getCors()).to.deep.equal([RULE, { ...RULE, allowedOrigins: ['*'] }]);
      expect(await source.tables.getServiceProperties()).to.deep.equal({
        ...properties,
        cors: [RULE, { ...RULE, allowedOrigins: ['*'] }],
      });
      await source.tables.setCors([]);
      expect(await source.tables.getServiceProperties()).to.deep.equal({ ...properties, cors: [] });
    });
  });

  it('Statistics are read from the secondary location', async () => {
    const { geoReplication } = await source.tables.getStatistics();
    expect(geoReplication.status).to.equal('live');
    expect(geoReplication.lastSyncTime).to.be.an.instanceOf(Date);
  });

  describe('Deviations of the emulator from the documented service', () => {
    const start = new Date('2026-01-01T00:00:00Z');
    const expiry = new Date('2099-01-01T00:00:00Z');

    for (const policy of [
      { id: 'p' },
      { id: 'p', start, permissions: ['read'] },
      { id: 'p', expiry, permissions: ['read'] },
      { id: 'p', start, expiry },
    ] as const) {
      it(`The emulator rejects a policy with only ${Object.keys(policy).join(', ')}`, async () => {
        expect(await refusal(source.tables.setAccessPolicies(table, [policy]))).to.equal('store.rejected');
      });
    }

    it('The emulator rejects a CORS rule without headers', async () => {
      expect(await refusal(source.tables.setCors([{ ...RULE, exposedHeaders: [] }]))).to.equal('store.rejected');
    });

    it('The emulator does not enforce the key range of a SAS', async () => {
      const [from, to] = [{ partitionKey: 'x' }, { partitionKey: 'y' }];
      const limited = { permissions: ['read'], expiry: inAnHour(), from, to } as const;
      const notes = await notesOf(await source.tables.generateTableSas(table, limited));
      expect(await refusal(notes.get({ list: 'l', id: 'stored' }))).to.equal('done');
    });
  });
});

onEveryStore('Administration of the service', (open, store) => {
  if (store === 'azurite') return;

  it('Service administration fails with one code that names the store and the missing feature', async () => {
    const { tables: source } = await open();
    const { tables } = source;
    const sas = { permissions: ['read'], expiry: inAnHour() } as const;
    const refused: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['access policies', () => tables.getAccessPolicies('Notes')],
      ['access policies', () => tables.setAccessPolicies('Notes', [])],
      ['shared access signatures', () => tables.generateTableSas('Notes', sas)],
      ['shared access signatures', () => tables.generateAccountSas(sas)],
      ['service properties', () => tables.getServiceProperties()],
      ['service properties', () => tables.setServiceProperties({ cors: [] })],
      ['CORS rules', () => tables.getCors()],
      ['CORS rules', () => tables.setCors([])],
      ['statistics', () => tables.getStatistics()],
    ];
    for (const [feature, work] of refused) {
      expect(await rejection(work())).to.deep.include({
        code: 'store.not-supported',
        message: `A store of kind "${store}" has no ${feature}: only the Table service of Azure Storage has. Open the data source there, or look at traits.kind first.`,
        details: { kind: store, feature },
      });
    }
  });
});
