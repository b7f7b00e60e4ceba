import { createRequire } from 'node:module';

/** An emulator of Azure Table Storage that runs in this process and keeps its tables in memory. */
export interface Azurite {
  readonly account: string;
  readonly key: string;
  readonly endpoint: string;
  readonly connectionString: string;
  close(): Promise<void>;
}

interface TableServer {
  start(): Promise<void>;
  close(): Promise<void>;
  clean(): Promise<void>;
  getHttpServerAddress(): string;
}

const require = createRequire(import.meta.url);
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Files of a certificate and its key; with them it speaks https, and takes tokens of `--oauth basic`. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

let running: Promise<Azurite> | undefined;

/** The emulator of this test run: started by who asks first, on a free port, and closed when the run ends. */
export function startAzurite(): Promise<Azurite> {
  return (running ??= start());
}

/** Another emulator, which speaks https and takes tokens; who starts it closes it. */
export function startSecureAzurite(files: CertificateFiles): Promise<Azurite> {
  return start(files);
}

async function start(files?: CertificateFiles): Promise<Azurite> {
  const { default: Server } = require('azurite/dist/src/table/TableServer') as {
    default: new (configuration: unknown) => TableServer;
  };
  const { default: Configuration } = require('azurite/dist/src/table/TableConfiguration') as {
    default: new (...settings: readonly unknown[]) => unknown;
  };
  const memory = { host: '127.0.0.1', port: 0, keepAlive: 5, database: 'memory', debugLog: false, accessLog: false };
  const loose = false;
  const skipApiVersionCheck = true;
  const server = new Server(
    new Configuration(
      ...Object.values(memory),
      undefined,
      undefined,
      loose,
      skipApiVersionCheck,
      files?.certificate ?? '',
      files?.key ?? '',
      '',
      files && 'basic',
      false,
      true, // in memory
    ),
  );
  await server.start();
  const endpoint = `${server.getHttpServerAddress()}/${ACCOUNT}`;
  return {
    account: ACCOUNT,
    key: KEY,
    endpoint,
    connectionString: `DefaultEndpointsProtocol=${files ? 'https' : 'http'};AccountName=${ACCOUNT};AccountKey=${KEY};TableEndpoint=${endpoint};`,
    close: async () => {
      if (files === undefined) running = undefined;
      await server.close();
    },
  };
}

// One hook for all: the emulator's server would keep the process of the tests alive.
after(async () => {
  await (await running)?.close();
});
