import { unknownTarget } from '../../store/unknown-target.js';
import type { NamedKey, SharedAccessSignature } from './azure-target.js';

/** What a connection string says. */
export interface ParsedConnection {
  readonly endpoint: string;
  readonly credential: NamedKey | SharedAccessSignature;
}

type Settings = ReadonlyMap<string, string>;

/** The emulator's account; its key is public. */
const DEVELOPMENT: NamedKey = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

const NO_SQL =
  'It is a connection string of Cosmos DB for NoSQL, whose documents are no tables. That of an account for Table has AccountName, ' +
  'AccountKey and TableEndpoint=https://ACCOUNT.table.cosmos.azure.com:443/.';

/**
 * Reads a connection string of Azure Storage, Cosmos DB or the emulator. Names are in any case and order. What its endpoint and its
 * credential are is checked by who connects. Throws `store.unknown-target`.
 */
export function parseConnectionString(text: string): ParsedConnection {
  const settings = settingsOf(text);
  if (settings.has('usedevelopmentstorage')) return emulator(settings);
  if (settings.has('accountendpoint')) throw unknownTarget(NO_SQL);
  const endpoint = endpointOf(settings);
  const signature = settings.get('sharedaccesssignature');
  if (signature !== undefined) return { endpoint, credential: { signature } };
  const [name, key] = [settings.get('accountname'), settings.get('accountkey')];
  if (name !== undefined && key !== undefined) return { endpoint, credential: { name, key } };
  const missing = key === undefined ? 'neither AccountKey nor SharedAccessSignature' : 'no AccountName';
  throw unknownTarget(
    `The connection string has ${missing}: copy the whole of it, from DefaultEndpointsProtocol= or TableEndpoint= on.`,
  );
}

function settingsOf(text: string): Settings {
  const settings = new Map<string, string>();
  for (const setting of text.split(';')) {
    const at = setting.indexOf('=');
    if (at <= 0) {
      if (setting.trim() === '') continue;
      throw unknownTarget('The connection string has a part that is no NAME=VALUE between two semicolons.');
    }
    const name = setting.slice(0, at).trim();
    const value = setting.slice(at + 1).trim();
    if ((settings.get(name.toLowerCase()) ?? value) !== value) {
      throw unknownTarget(
        'The connection string says one of its settings twice, in two ways: give one connection string, not several.',
      );
    }
    settings.set(name.toLowerCase(), value);
  }
  return settings;
}

function emulator(settings: Settings): ParsedConnection {
  if (settings.get('usedevelopmentstorage')!.toLowerCase() !== 'true') {
    throw unknownTarget('The emulator is UseDevelopmentStorage=true; for an account, leave UseDevelopmentStorage out.');
  }
  const host = settings.get('developmentstorageproxyuri')?.replace(/\/+$/, '') ?? 'http://127.0.0.1';
  if (!/^https?:\/\/[\w.-]+$/i.test(host)) {
    throw unknownTarget(
      'DevelopmentStorageProxyUri is a URL without port and path, such as http://azurite: port 10002 is added. For another port, give a connection string with TableEndpoint.',
    );
  }
  return { endpoint: `${host}:10002/${DEVELOPMENT.name}`, credential: DEVELOPMENT };
}

function endpointOf(settings: Settings): string {
  const stated = settings.get('tableendpoint');
  if (stated !== undefined) return stated;
  const account = settings.get('accountname');
  if (account === undefined) {
    const other = ['blobendpoint', 'queueendpoint', 'fileendpoint'].some((name) => settings.has(name));
    throw unknownTarget(
      other
        ? 'The connection string has endpoints of other services, and no TableEndpoint: add TableEndpoint=https://ACCOUNT.table.core.windows.net.'
        : 'The connection string has neither AccountName nor TableEndpoint: copy the whole of it.',
    );
  }
  if (account === '') throw unknownTarget('AccountName is empty in the connection string.');
  // It is a part of the host: what is no name would be another host.
  if (!/^[a-z\d-]+$/i.test(account)) {
    throw unknownTarget(
      'AccountName in the connection string has a character that no account has in its name: it has letters, digits and -.',
    );
  }
  return `${protocolOf(settings)}://${account}.table.${suffixOf(settings)}`;
}

function protocolOf(settings: Settings): string {
  const protocol = settings.get('defaultendpointsprotocol') ?? 'https';
  if (/^https?$/i.test(protocol)) return protocol;
  throw unknownTarget('DefaultEndpointsProtocol in the connection string is neither https nor http.');
}

function suffixOf(settings: Settings): string {
  const suffix = settings.get('endpointsuffix') ?? 'core.windows.net';
  if (suffix === '') {
    throw unknownTarget(
      'EndpointSuffix is empty in the connection string: leave it out, or give EndpointSuffix=core.windows.net.',
    );
  }
  if (/^[a-z\d-]+(?:\.[a-z\d-]+)*(?::\d+)?$/i.test(suffix) && !/^table\./i.test(suffix)) return suffix;
  throw unknownTarget(
    'EndpointSuffix in the connection string is what follows the service in a host, such as core.windows.net: no scheme, no path, no dot before it, and not table.core.windows.net.',
  );
}
