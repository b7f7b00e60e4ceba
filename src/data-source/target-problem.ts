import { typeName } from '../errors/type-name.js';
import { settingProblem } from '../options/setting-problem.js';

/** The names of the settings in connection strings of Azure Storage, Cosmos DB for Table and the emulator. */
const SETTINGS =
  'DefaultEndpointsProtocol|AccountName|AccountKey|AccountEndpoint|EndpointSuffix|(?:Blob|Queue|File|Table)(?:Secondary)?Endpoint|SharedAccessSignature|UseDevelopmentStorage|DevelopmentStorageProxyUri';
const CONNECTION_STRING = new RegExp(`(?:^|;)\\s*(?:${SETTINGS})\\s*=`, 'i');
const ASSIGNMENT = new RegExp(`^(?:export\\s+|set\\s+|\\$env:)?[A-Za-z_]\\w*\\s*=\\s*["']?(?:${SETTINGS})\\s*=`, 'i');

/**
 * Returns whether a text is meant as a connection string for a table service. The Azure store checks whether it is
 * valid.
 */
export function isConnectionString(text: string): boolean {
  return CONNECTION_STRING.test(text);
}

/**
 * Describes what is wrong with a text, whatever kind of target it is meant to be; `undefined` if no such mistake is
 * found.
 */
export function textProblem(text: string): string | undefined {
  if (ASSIGNMENT.test(text)) {
    return 'The text begins with the name of a variable and an equals sign: give what follows them.';
  }
  return settingProblem('The text', text);
}

/** Describes what an invalid target was probably meant to be, and what to pass instead. */
export function targetProblem(target: unknown): string {
  if (typeof target === 'string') return TEXTS.find(([pattern]) => pattern.test(target))![1];
  if (typeof target === 'function') return 'A function was given: call it, and give what it returns.';
  if (typeof target !== 'object' || target === null) {
    return settingProblem('The target', target) ?? `It is of the type ${typeName(target)}.`;
  }
  if (!canBeRead(target)) return 'The object cannot be read: it is a proxy that throws, or that was revoked.';
  const has = (...names: readonly string[]): boolean => names.some((name) => name in target);
  if (has('then')) return 'A promise was given: await it.';
  if (target instanceof URL) return 'A URL was given: give { endpoint: url.href, credential }.';
  if (ArrayBuffer.isView(target)) return 'Bytes were given: give the text that they stand for.';
  if (Array.isArray(target)) return 'A list was given: a data source has one target.';
  if (has('pipeline')) {
    const name = has('tableName') ? 'tableClient' : 'serviceClient';
    return `A client of @azure/data-tables is given by its name: { ${name}: client }.`;
  }
  if (has('connectionString')) return 'A connection string is given as it is, not as a member of an object.';
  if (has('accountName', 'account', 'accountKey')) {
    return 'An account is given as { endpoint, credential: { name, key } }, or as a connection string.';
  }
  if (has('url', 'uri', 'host', 'credential', 'identity')) {
    return 'The object has no member endpoint: the URL of the account, https://ACCOUNT.table.core.windows.net for example.';
  }
  if (has('client')) return 'A client of @azure/data-tables is given as { serviceClient } or { tableClient }.';
  return `The object, of the type ${typeName(target)}, has neither endpoint nor serviceClient nor tableClient, and is no TableStore.`;
}

/** Patterns of invalid texts, with what to pass instead. The first match counts. */
const TEXTS: readonly (readonly [pattern: RegExp, problem: string])[] = [
  [
    /^:?(?:in-?)?memory:?/i,
    "It looks like a store in memory: that is 'memory:', in small letters, with a colon and nothing behind it.",
  ],
  [/^(?:better-)?sqlite3?:?$/i, "The path of the file is missing: 'sqlite:./data.db' for example."],
  [/^lmdb:?$/i, "The path of the folder is missing: 'lmdb:./data' for example."],
  [
    /^(?:better-)?sqlite3?\b/i,
    "It looks like a store on disk: that is 'sqlite:PATH' in small letters, 'sqlite:./data.db' for example.",
  ],
  [/^lmdb/i, "It looks like a store on disk: that is 'lmdb:PATH' in small letters, 'lmdb:./data' for example."],
  [/^file:/i, "It looks like the URL of a file: give its path, 'sqlite:./data.db' for example."],
  [/^[[{]/, 'It looks like JSON: parse it, and give the object.'],
  [
    /(?:^|;)\s*(?:Endpoint|InstrumentationKey|IngestionEndpoint|HostName|Host|Server|Data Source|Database)\s*=/i,
    'It is a connection string of another service. That of tables has AccountName and AccountKey, or TableEndpoint and SharedAccessSignature.',
  ],
  [
    /^https?:\/\/[^/]*\.documents\./i,
    'It is an endpoint of Cosmos DB for NoSQL, whose documents are no tables. That of an account for Table is https://ACCOUNT.table.cosmos.azure.com.',
  ],
  [
    /^(?:https?:\/\/)?[^/]*\.(?:blob|queue|file|dfs|web)\./i,
    'It is an endpoint of blobs, queues or files. Tables are at https://ACCOUNT.table.core.windows.net: give { endpoint, credential }.',
  ],
  [
    /^https?:\/\/[^?]*\?.*\bsig=/i,
    'It looks like a URL with a shared access signature: give { endpoint: the URL up to the question mark, without a table, credential: { signature: what follows it } }.',
  ],
  [/\bsig=/i, 'It looks like a shared access signature alone: give { endpoint, credential: { signature } }.'],
  [
    /^https?:\/\//i,
    "An endpoint needs a credential: give { endpoint, credential }, or { endpoint, identity: 'default' }.",
  ],
  [
    /^[\w-]+\.table\./i,
    "It looks like an endpoint without https:// before it, and without a credential: give { endpoint, credential }, or { endpoint, identity: 'default' }.",
  ],
  [
    /^[a-z][a-z\d+.-]+:\/\//i,
    'It is a URL of another kind of store: this library stores in tables of Azure, in memory and on disk.',
  ],
  [
    /^(?:\.{1,2}|~)?[/\\]|^[a-z]:[/\\]|^[^;=]+\.(?:db3?|sqlite3?|sdb)$/i,
    "It looks like a path: give 'sqlite:PATH', 'sqlite:./data.db' for example.",
  ],
  [
    /^[A-Za-z\d+/]{86}==$/,
    'It looks like the key of an account alone: give a connection string, or { endpoint, credential: { name, key } }.',
  ],
  [/^/, 'The text is neither a connection string, nor one that begins with memory:, sqlite: or lmdb:.'],
];

function canBeRead(target: object): boolean {
  try {
    void Reflect.has(target, 'then');
    return true;
  } catch {
    return false;
  }
}
