import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installPeers, peerVersion } from '../support/peers.js';
import { amount, figure, median, table } from '../support/measure.js';
import { cannedHttpClient } from './canned-http-client.js';
import { startCannedServer } from './canned-server.js';
import type { ClientContender, Endpoint, MakeContender } from './contender.js';
import { entitable } from './entitable-contender.js';
import { nest } from './nest-contender.js';
import { sdk } from './sdk-contender.js';
import { compareTricklingScan } from './trickling-scan.js';

const ROUNDS = amount(9, 1);
/**
 * Length of the warm-up in rounds. Code that runs once per operation is optimised only after more than a thousand runs.
 */
const WARM_UP = amount(5, 1);

/** The measured operations, with the repetitions in a round and the number of concurrent calls. */
const OPERATIONS: readonly (readonly [
  name: string,
  method: keyof ClientContender,
  repeats: number,
  atOnce?: number,
])[] = [
  ['get', 'get', 3000],
  ['get, 16 at a time', 'get', 3200, 16],
  ['insert', 'insert', 3000],
  ['merge', 'merge', 3000],
  ['page of 1000', 'page', 60],
  ['page of 1000, 3 properties', 'selected', 400],
  ['transaction of 100', 'transaction', 300],
];

const CONTENDERS: Readonly<Record<string, MakeContender>> = {
  entitable,
  'raw SDK': sdk,
  '@nestjs/azure-database': nest,
};

/** Target ratios of the CPU time of the raw SDK to that of this library. */
const TARGETS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'in this process': {
    get: 3,
    insert: 2,
    merge: 2,
    'page of 1000': 4,
    'page of 1000, 3 properties': 6,
    'transaction of 100': 10,
  },
  'over a socket': { get: 2.5, 'get, 16 at a time': 2.5, 'page of 1000': 3, 'transaction of 100': 7 },
};

interface Time {
  readonly cpu: number;
  readonly wall: number;
}

/**
 * The parts of the benchmark. Each runs in its own process: an application has only one HTTP client, and code optimised
 * for one part must not influence another.
 */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  'in this process': () =>
    compare('in this process', { url: 'http://127.0.0.1:1/account', httpClient: cannedHttpClient }),
  'over a socket': async () => {
    const server = await startCannedServer();
    await compare('over a socket', { url: server.url });
    server.close();
  },
  'a scan': async () => {
    if (!(await compareTricklingScan({ entitable, 'raw SDK': sdk }))) missed++;
  },
};

let missed = 0;
const part = PARTS[process.argv[2] ?? ''];
if (part === undefined) {
  installPeers();
  console.log(
    `Node ${process.version}; @nestjs/azure-database ${peerVersion('@nestjs/azure-database')}; medians of ${ROUNDS} rounds, in turn`,
  );
  for (const name of Object.keys(PARTS)) {
    const child = fork(fileURLToPath(import.meta.url), [name]);
    missed += await new Promise<number>((resolve, reject) => {
      child.once('message', (count) => resolve(count as number));
      child.once('close', (code) => reject(new Error(`Measuring ${name} ended with ${code}`)));
    });
  }
  console.log(missed === 0 ? '\nEvery target is met.' : `\n${missed} targets are missed.`);
} else {
  await part();
  process.send?.(missed);
  process.disconnect();
}

async function compare(place: string, endpoint: Endpoint): Promise<void> {
  const clients = new Map<string, ClientContender>();
  for (const [name, make] of Object.entries(CONTENDERS)) clients.set(name, await make(endpoint));
  const rows: string[][] = [];
  for (const [operation, method, repeats, atOnce = 1] of OPERATIONS) {
    const times = await rounds(clients, method, amount(repeats, Math.ceil(repeats / 50)), atOnce);
    const own = times.get('entitable')!;
    for (const [name, time] of times) {
      rows.push([
        name === 'entitable' ? operation : '',
        name,
        figure(time.cpu),
        figure(time.wall),
        name === 'entitable' ? '' : `${figure(time.cpu / own.cpu)}x`,
        name === 'entitable' ? '' : `${figure(time.wall / own.wall)}x`,
        name === 'raw SDK' ? verdict(place, operation, time.cpu / own.cpu) : '',
      ]);
    }
  }
  console.log(`\nThe answers come ${place}; microseconds an operation, and how many times entitable's that is\n`);
  console.log(table([['', '', 'CPU', 'wall', 'CPU', 'wall', 'target'], ...rows]));
}

function verdict(place: string, operation: string, ratio: number): string {
  const target = TARGETS[place]?.[operation];
  if (target === undefined) return '';
  if (ratio < target) missed++;
  return `${target}x ${ratio < target ? 'missed' : 'met'}`;
}

/** Runs the clients in turn, round by round, so that other load on the machine affects all of them. */
async function rounds(
  clients: ReadonlyMap<string, ClientContender>,
  method: keyof ClientContender,
  repeats: number,
  atOnce: number,
): Promise<Map<string, Time>> {
  const measured = new Map<string, Time[]>();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, client] of clients) {
      const run = client[method]?.bind(client);
      if (run === undefined) continue;
      const time = await timed(run, round === 0 ? WARM_UP * repeats : repeats, atOnce);
      if (round > 0) measured.set(name, [...(measured.get(name) ?? []), time]);
    }
  }
  return new Map(
    [...measured].map(([name, times]) => [
      name,
      { cpu: median(times.map(({ cpu }) => cpu)), wall: median(times.map(({ wall }) => wall)) },
    ]),
  );
}

async function timed(run: () => Promise<unknown>, repeats: number, atOnce: number): Promise<Time> {
  // gives time to collect the garbage of the previous run
  for (let index = 0; index < repeats / 4; index++) await run();
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let index = 0; index < repeats / atOnce; index++) await run();
    }),
  );
  const wall = Number(process.hrtime.bigint() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / repeats, wall: wall / repeats };
}
