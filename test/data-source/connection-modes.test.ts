import { AzureNamedKeyCredential, AzureSASCredential, TableServiceClient } from '@azure/data-tables';
import { expect } from 'chai';
import { DataSource, Entity, PartitionKey, Property, RowKey, type DataSourceTarget } from 'entitable';
import { startAzurite, type Azurite } from '../azurite/azurite.js';
import { scratchDirectory } from '../stores/embedded/scratch-directory.js';

@Entity({ table: 'ConnectionModes' })
class Visit {
  @PartitionKey() mode!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property() at!: Date;
}

const at = new Date('2026-11-21T09:30:00Z');
const visitOf = (mode: string): Visit => Object.assign(new Visit(), { mode, id: '1', at });

/** Returns a SAS that permits everything, as a signature alone. */
async function signature({ connectionString }: Azurite): Promise<string> {
  await using owner = await DataSource.open(connectionString);
  const access = await owner.tables.generateAccountSas({
    permissions: ['read', 'add', 'update', 'delete', 'list', 'write'],
    expiry: new Date(Date.now() + 3_600_000),
  });
  return access.signature;
}

const MODES: Readonly<Record<string, (azurite: Azurite) => DataSourceTarget | Promise<DataSourceTarget>>> = {
  'a connection string with a key': ({ connectionString }) => connectionString,
  'a connection string with a SAS': async (azurite) =>
    `TableEndpoint=${azurite.endpoint};SharedAccessSignature=${await signature(azurite)}`,
  'an account and its key': ({ endpoint, account, key }) => ({ endpoint, credential: { name: account, key } }),
  "the SDK's credential of a key": ({ endpoint, account, key }) => ({
    endpoint,
    credential: new AzureNamedKeyCredential(account, key),
  }),
  'a SAS': async (azurite) => ({ endpoint: azurite.endpoint, credential: { signature: await signature(azurite) } }),
  "the SDK's credential of a SAS": async (azurite) => ({
    endpoint: azurite.endpoint,
    credential: new AzureSASCredential(await signature(azurite)),
  }),
  'a client of the SDK': ({ endpoint, account, key }) => ({
    serviceClient: new TableServiceClient(endpoint, new AzureNamedKeyCredential(account, key), {
      allowInsecureConnection: true,
    }),
  }),
};

describe('A data source', () => {
  const newPath = scratchDirectory();

  for (const [mode, targetOf] of Object.entries(MODES)) {
    it(`A data source opened by ${mode} reads what it writes`, async () => {
      await using source = await DataSource.open(await targetOf(await startAzurite()));
      const visits = source.repository(Visit);
      await visits.upsert(visitOf(mode));
      expect({ ...(await visits.getOrThrow({ mode, id: '1' })) }).to.deep.equal({ mode, id: '1', at });
    });
  }

  it('Several data sources at once have rows of their own and share one entity class', async () => {
    await using memory = await DataSource.open('memory:');
    await using disk = await DataSource.open(`sqlite:${newPath()}`);
    await using folder = await DataSource.open(`lmdb:${newPath()}`);
    await using azure = await DataSource.open((await startAzurite()).connectionString, {
      tableName: (name) => `${name}OfSeveral`,
    });
    const sources = { memory, disk, folder, azure };
    for (const [mode, source] of Object.entries(sources)) await source.repository(Visit).insert(visitOf(mode));
    for (const [mode, source] of Object.entries(sources)) {
      expect((await source.repository(Visit).scan().toArray()).map((visit) => visit.mode)).to.deep.equal([mode]);
    }
  });
});
