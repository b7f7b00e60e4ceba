import { observer } from '../../src/observability/observer.js';
import type { LogEvent } from '../../src/observability/events.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { ResilientStore } from '../../src/resilience/resilient-store.js';
import { retryPolicy } from '../../src/resilience/retry-settings.js';
import { openAzure } from '../../src/stores/azure/open-azure.js';
import { EVERY_FAULT, someOf } from './fault-proxy.js';
import { Item, textOf } from './fault-items.js';
import { Worker, type Run } from './fault-worker.js';
import { proxiedAzurite } from './proxied.js';
import { seeded } from '../support/seeded.js';

/** Result of a fault run. */
export interface FaultReport {
  readonly violations: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly retries: number;
  readonly seconds: number;
}

const WORKERS = 12;
const TIMEOUT = 10_000;
const SHARE = 0.3;

let runs = 0;

/**
 * Runs many operations of all kinds over an unreliable network, and checks the content of the tables after each
 * operation and at the end.
 */
export async function faultRun(operations: number, seed: number, faults = EVERY_FAULT): Promise<FaultReport> {
  const started = performance.now();
  const { proxy, direct, connectionString, close } = await proxiedAzurite(seed);
  const table = `Items${process.pid}N${++runs}`;
  await direct.createTable(table);

  let retries = 0;
  const logger = ({ kind }: LogEvent): void => {
    if (kind === 'retry') retries++;
  };
  const azure = await openAzure(connectionString, { retry: { maxRetries: 0 } });
  const policy = retryPolicy({
    tryTimeout: 1000,
    timeout: TIMEOUT,
    fast: { slot: 2, ceiling: 50 },
    slow: { slot: 5, ceiling: 100 },
  });
  const store = new ResilientStore(azure, policy, observer({ logger }));
  const tables = await DataSource.open(store, { tableName: () => table });
  const shape = { properties: [{ name: 'writer', type: 'String' as const }] };
  const run: Run = {
    items: tables.repository(Item),
    store,
    table,
    rows: store.rows(table, shape),
    random: seeded(seed),
    violations: [],
    timeout: TIMEOUT,
    outcomes: {},
  };

  proxy.choose = someOf(SHARE, seed + 1, faults);
  proxy.lane = (request) => /\bw\d\d\b/.exec(request)?.[0];
  let left = operations;
  const workers = Array.from({ length: WORKERS }, (_, index) => new Worker(run, `w${String(index).padStart(2, '0')}`));
  await Promise.all(
    workers.map(async (worker) => {
      while (left-- > 0) await worker.step();
    }),
  );
  proxy.choose = () => 'none';

  const final = await DataSource.open(direct, { tableName: () => table });
  for (const worker of workers) await compare(worker, final, run.violations);
  await tables.close();
  await close();
  return {
    violations: run.violations,
    faults: proxy.counts,
    outcomes: run.outcomes,
    retries,
    seconds: (performance.now() - started) / 1000,
  };
}

/**
 * Checks that every row of a worker has its expected content, or one of its possible contents, and that there are no
 * other rows.
 */
async function compare(worker: Worker, tables: DataSource, violations: string[]): Promise<void> {
  const stored = new Map<string, string>();
  for await (const item of tables.repository(Item).query({ owner: worker.owner })) stored.set(item.name, textOf(item));
  const expected = new Map(worker.certain.map(([name, content]) => [name, [textOf(content)]]));
  for (const [name, contents] of worker.doubtful) expected.set(name, contents.map(textOf));
  for (const name of new Set([...stored.keys(), ...expected.keys()])) {
    const found = stored.get(name) ?? 'no row';
    const allowed = expected.get(name) ?? ['no row'];
    if (!allowed.includes(found))
      violations.push(`${worker.owner}/${name} is ${found} instead of ${allowed.join(' or ')}`);
  }
}

/** Returns the figures of a run as text. */
export function reportText({ faults, outcomes, retries, seconds }: FaultReport): string {
  const lines = [`requests by fault (${retries} retries, ${seconds.toFixed(1)} s):`];
  for (const [fault, count] of Object.entries(faults).toSorted(([, a], [, b]) => b - a))
    lines.push(`  ${String(count).padStart(7)}  ${fault}`);
  lines.push('operations by outcome:');
  for (const [operation, counts] of Object.entries(outcomes)) {
    const shown = Object.entries(counts).map(([outcome, count]) => `${outcome.replace('store.', '')} ${count}`);
    lines.push(`  ${operation}: ${shown.join(', ')}`);
  }
  return lines.join('\n');
}
