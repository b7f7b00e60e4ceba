import type { NamedKey, SharedAccessSignature } from './azure-target.js';

/** What a connection string says. */
export interface ParsedConnection {
  readonly endpoint: string;
  readonly credential: NamedKey | SharedAccessSignature;
}

/** The emulator's account; its key is public. */
const DEVELOPMENT: NamedKey = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/** Reads a connection string of Azure Storage, Cosmos DB or the emulator; `undefined` when it is none. Names are in any case and order. */
export function parseConnectionString(text: string): ParsedConnection | undefined {
  const settings = new Map<string, string>();
  for (const setting of text.split(';')) {
    const at = setting.indexOf('=');
    if (at > 0) settings.set(setting.slice(0, at).trim().toLowerCase(), setting.slice(at + 1).trim());
  }
  if (settings.get('usedevelopmentstorage')?.toLowerCase() === 'true') {
    const host = settings.get('developmentstorageproxyuri')?.replace(/\/+$/, '') ?? 'http://127.0.0.1';
    return { endpoint: `${host}:10002/${DEVELOPMENT.name}`, credential: DEVELOPMENT };
  }

  const name = settings.get('accountname');
  const endpoint = settings.get('tableendpoint') ?? publicEndpoint(name, settings);
  const signature = settings.get('sharedaccesssignature');
  const key = settings.get('accountkey');
  if (endpoint === undefined || endpoint === '') return undefined;
  if (signature !== undefined) return { endpoint, credential: { signature: signature.replace(/^\?/, '') } };
  return name !== undefined && key !== undefined ? { endpoint, credential: { name, key } } : undefined;
}

/** The account is a part of the host: what is none would be another host. */
function publicEndpoint(account = '', settings: ReadonlyMap<string, string>): string | undefined {
  if (!/^[a-z0-9-]+$/i.test(account)) return undefined;
  return `${settings.get('defaultendpointsprotocol') ?? 'https'}://${account}.table.${settings.get('endpointsuffix') ?? 'core.windows.net'}`;
}
