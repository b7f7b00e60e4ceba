import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { AzureNamedKeyCredential, TableClient, TableServiceClient } from '@azure/data-tables';
import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { startAzurite } from '../azurite/azurite.js';
import { scratchDirectory } from '../stores/embedded/scratch-directory.js';
import { rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

const KEY = Buffer.from('a very secret key of an account, which nobody may ever see in a log').toString('base64');
const SIGNATURE = 'c2VjcmV0LXNpZ25hdHVyZQ';
const SAS = `sv=2019-02-02&ss=t&srt=sco&sp=rwdlacu&sig=${SIGNATURE}%3D`;
const ACCOUNT = `DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=${KEY}`;
const ENDPOINT = 'https://acct.table.core.windows.net';
const credential = { name: 'acct', key: KEY };
const ALONE = Buffer.alloc(64, KEY).toString('base64');
const FILE = fileURLToPath(import.meta.url);

/** Invalid targets that users pass, with a part of the message that each leads to. */
const WRONG: readonly (readonly [what: string, target: unknown, problem: string])[] = [
  ['a variable that is not set', undefined, 'The target is undefined: the variable or the setting'],
  ['null', null, 'The target is null: '],
  ['a variable that is empty', '', 'The text is empty'],
  ['white space alone', ' \n', 'The text is empty'],
  ['the text of undefined', 'undefined', 'The text says "undefined"'],
  ['an object that became a text', '[object Object]', 'The text says "[object Object]"'],
  [
    'quotes kept by docker --env-file',
    `"${ACCOUNT};EndpointSuffix=core.windows.net"`,
    'The text has quotation marks around it',
  ],
  ['single quotes', `'${ACCOUNT}'`, 'The text has quotation marks around it'],
  ['one quotation mark', `${ACCOUNT}"`, 'The text has quotation marks around it'],
  ['typographic quotes', `“${ACCOUNT}”`, 'The text has quotation marks around it'],
  ['quotes around memory:', '"memory:"', 'The text has quotation marks around it'],
  ['the line break at the end of a file', `${ACCOUNT}\n`, 'The text has white space around it'],
  ['white space before it', ' memory:', 'The text has white space around it'],
  ['a byte order mark', `\uFEFF${ACCOUNT}`, 'The text has white space around it'],
  ['a variable of a shell', '${TABLES}', 'The text is a placeholder'],
  ['a variable of Windows', '%TABLES%', 'The text is a placeholder'],
  ['a template', '{{ tables }}', 'The text is a placeholder'],
  ['what documentation shows', '<connection string>', 'The text is a placeholder'],
  [
    'a reference to a vault',
    '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)',
    'The text is a placeholder',
  ],
  ['the line of a file of variables', `TABLES=${ACCOUNT}`, 'The text begins with the name of a variable'],
  ['an export', `export TABLES="${ACCOUNT}"`, 'The text begins with the name of a variable'],

  ['memory without its colon', 'memory', "It looks like a store in memory: that is 'memory:'"],
  ['memory in capitals', 'Memory:', "It looks like a store in memory: that is 'memory:'"],
  ['memory of SQLite', ':memory:', "It looks like a store in memory: that is 'memory:'"],
  ['memory with a name', 'memory:orders', "It looks like a store in memory: that is 'memory:'"],
  ['lmdb without a path', 'lmdb:', "The path of the folder is missing: 'lmdb:./data'"],
  ['lmdb without a colon', 'lmdb', "The path of the folder is missing: 'lmdb:./data'"],
  ['lmdb in capitals', 'LMDB:./data', "It looks like a store on disk: that is 'lmdb:PATH'"],
  ['lmdb as a URL', 'lmdb://data', 'A path follows lmdb:, not a URL'],
  ['lmdb of a variable that is not set', 'lmdb:undefined', 'The path behind lmdb: says "undefined"'],
  ['lmdb with white space', 'lmdb: ./data', 'The path behind lmdb: has white space around it'],
  ['lmdb in a home folder', 'lmdb:~/data', 'Nothing replaces the ~'],
  ['lmdb with a NUL', 'lmdb:a\0b', 'The path has a NUL character'],
  ['lmdb of a file', `lmdb:${FILE}`, 'The path behind lmdb: is that of a file, and a store is a folder'],
  ['sqlite without a path', 'sqlite:', "The path of the file is missing: 'sqlite:./data.db'"],
  ['sqlite without a colon', 'sqlite', "The path of the file is missing: 'sqlite:./data.db'"],
  ['sqlite by the name of a package', 'better-sqlite3', "The path of the file is missing: 'sqlite:./data.db'"],
  ['sqlite in capitals', 'SQLite:./data.db', "It looks like a store on disk: that is 'sqlite:PATH'"],
  ['sqlite with its version', 'sqlite3:./data.db', "It looks like a store on disk: that is 'sqlite:PATH'"],
  ['sqlite as a URL', 'sqlite://data.db', 'A path follows sqlite:, not a URL'],
  ['sqlite as a URL with three slashes', 'sqlite:///data.db', 'A path follows sqlite:, not a URL'],
  ['sqlite with the URL of a file', 'sqlite:file:data.db', 'A path follows sqlite:, not a URL: leave file: out'],
  ['sqlite in memory', 'sqlite::memory:', "A store in memory is 'memory:'"],
  ['sqlite with parameters', 'sqlite:./data.db?mode=ro', 'The path has parameters behind a question mark'],
  [
    'sqlite with settings of a connection string',
    'sqlite:data.db;durability=relaxed',
    "The path has settings behind a semicolon, and sqlite: takes none: options are the second argument, DataSource.open('sqlite:./data.db', { durability: 'relaxed' })",
  ],
  ['lmdb with settings', 'lmdb:./data; durability = full', 'The path has settings behind a semicolon, and lmdb: takes'],
  ['sqlite of a variable that is not set', 'sqlite:undefined', 'The path behind sqlite: says "undefined"'],
  ['sqlite in a home folder', 'sqlite:~/data.db', "Nothing replaces the ~ in the path of 'sqlite:'"],
  ['sqlite with a NUL', 'sqlite:a\0b', 'The path has a NUL character'],
  ['sqlite of a folder', `sqlite:${tmpdir()}`, 'The path behind sqlite: is that of a folder, and a store is one file'],
  ['sqlite of a folder that is not there', 'sqlite:./data/', 'The path behind sqlite: is that of a folder'],
  ['sqlite of this folder', 'sqlite:.', 'The path behind sqlite: is that of a folder'],
  ['the URL of a file', 'file:./data.db', "It looks like the URL of a file: give its path, 'sqlite:./data.db'"],
  ['the URL of a file with slashes', 'file:///data.db', 'It looks like the URL of a file: give its path'],
  ['a path', './data', "It looks like a path: give 'sqlite:PATH'"],
  ['a path of Windows', 'C:\\data', "It looks like a path: give 'sqlite:PATH'"],
  ['the name of a file', 'data.db', "It looks like a path: give 'sqlite:PATH'"],
  ['the name of a file of SQLite', 'data.sqlite3', "It looks like a path: give 'sqlite:PATH'"],

  ['JSON', JSON.stringify({ endpoint: ENDPOINT, credential }), 'It looks like JSON: parse it'],
  ['a SAS URL', `${ENDPOINT}/?${SAS}`, 'It looks like a URL with a shared access signature'],
  ['a SAS', `?${SAS}`, 'It looks like a shared access signature alone'],
  ['the URL of an account', ENDPOINT, 'An endpoint needs a credential'],
  ['a host', 'acct.table.core.windows.net', 'It looks like an endpoint without https://'],
  ['the URL of blobs', 'https://acct.blob.core.windows.net/', 'It is an endpoint of blobs, queues or files'],
  ['a SAS URL of blobs', `https://acct.blob.core.windows.net/?${SAS}`, 'It is an endpoint of blobs, queues or files'],
  [
    'the URL of an account for NoSQL',
    'https://acct.documents.azure.com:443/',
    'It is an endpoint of Cosmos DB for NoSQL',
  ],
  ['the URL of a database', `postgres://user:${KEY}@host/db`, 'It is a URL of another kind of store'],
  ['a key', ALONE, 'It looks like the key of an account alone'],
  ['any text', `SECRET ${KEY}`, 'The text is neither a connection string'],

  [
    'a connection string for NoSQL',
    `AccountEndpoint=https://acct.documents.azure.com:443/;AccountKey=${KEY};`,
    'It is a connection string of Cosmos DB for NoSQL',
  ],
  [
    'a connection string of Service Bus',
    `Endpoint=sb://acct.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=${KEY}`,
    'It is a connection string of another service',
  ],
  [
    'a connection string of SQL',
    `Server=tcp:acct.database.windows.net;Password=${KEY}`,
    'It is a connection string of another service',
  ],
  ['EndpointSuffix= (empty)', `${ACCOUNT};EndpointSuffix=`, 'EndpointSuffix is empty in the connection string'],
  [
    'an EndpointSuffix with the service',
    `${ACCOUNT};EndpointSuffix=table.core.windows.net`,
    'EndpointSuffix in the connection string is what follows',
  ],
  [
    'an EndpointSuffix with a dot',
    `${ACCOUNT};EndpointSuffix=.core.windows.net`,
    'EndpointSuffix in the connection string is what follows',
  ],
  ['no AccountKey', 'AccountName=acct', 'The connection string has neither AccountKey nor'],
  ['no AccountName', `AccountKey=${KEY}`, 'The connection string has neither AccountName nor TableEndpoint'],
  [
    'no AccountName beside an endpoint',
    `TableEndpoint=${ENDPOINT};AccountKey=${KEY}`,
    'The connection string has no AccountName',
  ],
  ['an AccountKey of which the value is missing', 'AccountName=acct;AccountKey=', "The account's key is empty"],
  ['an AccountKey that was not replaced', 'AccountName=acct;AccountKey=${KEY}', "The account's key is a placeholder"],
  ['an AccountKey that was masked', 'AccountName=acct;AccountKey=********', "The account's key is no Base64 text"],
  [
    'an AccountKey with a line break',
    `AccountName=acct;AccountKey=${KEY.slice(0, 20)}\n${KEY.slice(20)}`,
    "The account's key has a line break",
  ],
  [
    'an AccountKey that is encoded',
    `AccountName=acct;AccountKey=${encodeURIComponent(`${KEY}==`)}`,
    "The account's key is encoded for a URL",
  ],
  ['an AccountKey with quotes', `AccountName=acct;AccountKey="${KEY}";`, "The account's key has quotation marks"],
  [
    'an AccountName that is another host',
    `AccountName=evil.example/;AccountKey=${KEY}`,
    'AccountName in the connection string has a character',
  ],
  ['an empty AccountName', `AccountName=;AccountKey=${KEY}`, 'AccountName is empty'],
  [
    'another protocol',
    `DefaultEndpointsProtocol=ftp;AccountName=acct;AccountKey=${KEY}`,
    'DefaultEndpointsProtocol in the connection string',
  ],
  [
    'two connection strings',
    `${ACCOUNT};AccountName=other;AccountKey=${KEY}`,
    'The connection string says one of its settings twice',
  ],
  [
    'commas for semicolons',
    `AccountName=acct;${KEY.replaceAll('=', '')};AccountKey=${KEY}`,
    'The connection string has a part that is no NAME=VALUE',
  ],
  [
    'endpoints of blobs alone',
    `BlobEndpoint=https://acct.blob.core.windows.net;SharedAccessSignature=${SAS}`,
    'The connection string has endpoints of other services',
  ],
  [
    'a TableEndpoint of blobs',
    `TableEndpoint=https://acct.blob.core.windows.net;SharedAccessSignature=${SAS}`,
    'The endpoint is that of blobs',
  ],
  [
    'a TableEndpoint of a table',
    `TableEndpoint=${ENDPOINT}/Orders;SharedAccessSignature=${SAS}`,
    'The endpoint has a path, the name of a table perhaps',
  ],
  ['an empty TableEndpoint', `TableEndpoint=;AccountName=acct;AccountKey=${KEY}`, 'The endpoint is empty'],
  ['an empty SAS', `TableEndpoint=${ENDPOINT};SharedAccessSignature=`, 'The shared access signature is empty'],
  [
    'a SAS that is a URL',
    `TableEndpoint=${ENDPOINT};SharedAccessSignature=${ENDPOINT}?${SAS}`,
    'The shared access signature is a whole URL',
  ],
  [
    'a SAS without its end',
    `TableEndpoint=${ENDPOINT};SharedAccessSignature=sv=2019-02-02&ss=t`,
    'The shared access signature has no sig=',
  ],
  ['the emulator that is off', 'UseDevelopmentStorage=false', 'The emulator is UseDevelopmentStorage=true'],
  [
    'the emulator behind a port',
    'UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite:10002',
    'DevelopmentStorageProxyUri is a URL without port',
  ],

  [
    'the URL of the table',
    { endpoint: `${ENDPOINT}/Orders`, credential },
    'The endpoint has a path, the name of a table perhaps',
  ],
  [
    'the URL of the table on the emulator',
    { endpoint: 'http://127.0.0.1:10002/devstoreaccount1/Orders', credential },
    'The endpoint has a path of several names',
  ],
  ['an endpoint that is missing', { endpoint: undefined, credential }, 'The endpoint is undefined'],
  ['an endpoint in quotes', { endpoint: `"${ENDPOINT}"`, credential }, 'The endpoint has quotation marks'],
  ['an endpoint with a quotation mark', { endpoint: `${ENDPOINT}"/`, credential }, 'The host of the endpoint is none'],
  [
    'an endpoint without a scheme',
    { endpoint: 'acct.table.core.windows.net', credential },
    'The endpoint is no URL: it begins with https://',
  ],
  ['an endpoint of another scheme', { endpoint: `ftp://acct`, credential }, 'The endpoint is a URL of another scheme'],
  [
    'an endpoint that ends with a dot',
    { endpoint: 'https://acct.table.', credential },
    'The host of the endpoint is none',
  ],
  [
    'an endpoint of blobs',
    { endpoint: 'https://acct.blob.core.windows.net', credential },
    'The endpoint is that of blobs',
  ],
  [
    'an endpoint for NoSQL',
    { endpoint: 'https://acct.documents.azure.com:443/', credential },
    'The endpoint is that of Cosmos DB for NoSQL',
  ],
  [
    'an endpoint with a SAS',
    { endpoint: `${ENDPOINT}/?${SAS}`, credential },
    'The endpoint has a shared access signature behind it',
  ],
  [
    'an endpoint with a password',
    { endpoint: `https://user:${KEY}@acct.table.core.windows.net`, credential },
    'The endpoint has a user',
  ],
  [
    'an endpoint that is a URL',
    { endpoint: new URL(ENDPOINT), credential },
    'The endpoint is of the type URL, where a text belongs: give url.href',
  ],
  ['a credential that is missing', { endpoint: ENDPOINT }, 'The credential is undefined'],
  ['a credential that is a key', { endpoint: ENDPOINT, credential: KEY }, 'The credential is of the type string'],
  [
    'a credential without its key',
    { endpoint: ENDPOINT, credential: { name: 'acct', key: undefined } },
    "The account's key is undefined",
  ],
  [
    'a credential without its name',
    { endpoint: ENDPOINT, credential: { name: undefined, key: KEY } },
    "The account's name is undefined",
  ],
  [
    'a name that is more than itself',
    { endpoint: ENDPOINT, credential: { name: 'acct\r\nx-injected: 1', key: KEY } },
    "The account's name has a character",
  ],
  [
    'a signature with a line break',
    { endpoint: ENDPOINT, credential: { signature: `sv=1&sig=\r\n${SIGNATURE}` } },
    'The shared access signature has a line break',
  ],
  ['another identity', { endpoint: ENDPOINT, identity: 'managed' }, "The identity is another than 'default'"],
  [
    'an identity and a credential',
    { endpoint: ENDPOINT, identity: 'default', credential },
    'The target has an identity and a credential',
  ],

  ['a promise', Promise.resolve(ACCOUNT), 'A promise was given: await it'],
  ['a function', () => ACCOUNT, 'A function was given: call it'],
  ['a URL', new URL(ENDPOINT), 'A URL was given'],
  ['bytes', Buffer.from(ACCOUNT), 'Bytes were given'],
  ['a list', [ACCOUNT], 'A list was given'],
  ['a number', 5, 'It is of the type number'],
  ['a connection string in an object', { connectionString: ACCOUNT }, 'A connection string is given as it is'],
  ['an account', { accountName: 'acct', accountKey: KEY }, 'An account is given as { endpoint, credential'],
  ['an object with a URL', { url: ENDPOINT, credential }, 'The object has no member endpoint'],
  [
    'a client of an account',
    new TableServiceClient(ENDPOINT, new AzureNamedKeyCredential('acct', KEY)),
    'given by its name: { serviceClient: client }',
  ],
  [
    'a client of a table',
    new TableClient(ENDPOINT, 'Orders', new AzureNamedKeyCredential('acct', KEY)),
    'given by its name: { tableClient: client }',
  ],
  [
    'a client under another name',
    { client: new TableServiceClient(ENDPOINT) },
    'given as { serviceClient } or { tableClient }',
  ],
  ['any object', { key: KEY }, 'The object, of the type Object, has neither endpoint'],
];

describe('An invalid target', () => {
  for (const [what, target, problem] of WRONG) {
    it(`An invalid target is recognised, and the error quotes nothing of it: ${what}`, async () => {
      const error = await rejection(DataSource.open(target as never, { retry: false }));
      if (!EntitableError.is(error, 'store.unknown-target')) throw error;
      expect(error.message).to.include(problem);
      expect(error.details.problem).to.include(problem);
      for (const secret of [KEY, KEY.slice(0, 20), SIGNATURE, ALONE.slice(0, 20), 'evil.example']) {
        expect(inspect(error, { depth: 9, showHidden: true })).not.to.include(secret);
      }
    });
  }
});

describe('The path of a store on disk', () => {
  const newPath = scratchDirectory();

  for (const target of ['sqlite:C:\\data\\data.db', 'sqlite:c:/data/data.db', 'lmdb:D:\\data']) {
    it(`The path of a store on disk is refused if it is a Windows path and the system is another: ${target}`, async function () {
      if (process.platform === 'win32') this.skip();
      const error = await rejection(DataSource.open(target));
      if (!EntitableError.is(error, 'store.unknown-target')) throw error;
      expect(error.details.problem).to.match(/^The path behind (?:sqlite|lmdb): is one of Windows, and this system is/);
    });
  }

  it('The path of a sqlite store is refused if it is the folder of an lmdb store, and the error names the right target', async () => {
    const path = newPath();
    await (await DataSource.open(`lmdb:${path}`)).close();
    const error = await rejection(DataSource.open(`sqlite:${path}`));
    if (!EntitableError.is(error, 'store.unknown-target')) throw error;
    expect(error.details.problem).to.equal(
      "The path behind sqlite: is that of a folder, that of a store of lmdb, which is 'lmdb:PATH'.",
    );
  });

  it('The path of a store on disk may have any characters that a file name may have', async () => {
    const path = join(newPath(), "ä %41 #1 'q' ?.db");
    await using tables = await DataSource.open(`sqlite:${path}`);
    await tables.repository(Order).insert(order());
    expect(statSync(path).isFile()).to.equal(true);
  });
});

describe('A client of one table as a target', () => {
  it('A client of one table stores entities in every table that its credential permits', async () => {
    const { connectionString } = await startAzurite();
    const tableClient = TableClient.fromConnectionString(connectionString, 'Another', {
      allowInsecureConnection: true,
    });
    await using tables = await DataSource.open({ tableClient }, { tableName: (name) => `${name}OfOneClient` });
    await tables.repository(Order).insert(order());
    expect(await tables.repository(Order).exists(order())).to.equal(true);
    expect(await tables.tables.exists('OrdersOfOneClient')).to.equal(true);
    expect((await tables.tables.getServiceProperties()).cors).to.be.an('array');
  });

  it('A client with the signature of one table is refused other tables by the service', async () => {
    const { connectionString } = await startAzurite();
    await using owner = await DataSource.open(connectionString);
    await owner.tables.createIfMissing('OneTable');
    const access = await owner.tables.generateTableSas('OneTable', {
      permissions: ['read', 'add'],
      expiry: new Date(Date.now() + 3_600_000),
      protocol: 'https,http',
    });
    const tableClient = TableClient.fromConnectionString(access.connectionString, 'OneTable', {
      allowInsecureConnection: true,
    });
    const open = async (table: string): Promise<DataSource> =>
      DataSource.open({ tableClient }, { tableName: () => table, ensureTables: 'never', retry: false });
    await using its = await open('OneTable');
    await its.repository(Order).insert(order());
    await using others = await open('OtherTable');
    const error = await rejection(others.repository(Order).insert(order()));
    expect(error).to.have.property('code', 'store.unauthorized');
  });
});
