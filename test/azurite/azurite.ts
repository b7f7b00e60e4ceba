import { createRequire } from 'node:module';

/** An emulator of Azure Table Storage that runs in this process and stores its tables in memory. */
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

/** Files with a certificate and its key. With them, the emulator uses https and accepts tokens (`--oauth basic`). */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

let running: Promise<Azurite> | undefined;

/** Returns the emulator of this test run. The first caller starts it on a free port; it is closed when the run ends. */
export function startAzurite(): Promise<Azurite> {
  return (running ??= start());
}

/** Starts another emulator that uses https and accepts tokens. The caller closes it. */
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
      true, // stores everything in memory
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

// A root hook, because the emulator's server would keep the test process alive.
after(async () => {
  await (await running)?.close();
});
