import { setImmediate as yields, setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { EntitableError } from '../../../../src/errors/entitable-error.js';
import type { Rows, TableStore } from '../../../../src/store/table-store.js';
import { loadSqlite } from '../../../../src/stores/sqlite/sqlite-driver.js';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { Acknowledged, faultOfTurn, historyRows, readHistory, TABLE, takeTurn } from './history.js';

/**
 * The work of an actor until it is told to end: `write` takes turns, `scan` reads the whole table, `open` opens the
 * store, lists its tables and closes it, `session` opens the store, takes some turns, reads and closes it.
 */
export type Role = 'write' | 'scan' | 'open' | 'session';

/** The first instructions for an actor. */
export interface Task {
  readonly role: Role;
  readonly path: string;
  readonly durability: 'full' | 'relaxed';
  /** The lanes whose turns it takes. */
  readonly lanes: readonly string[];
  /** The first turn in each lane. */
  readonly from: number;
}

/** A message from an actor. */
export type Message =
  /** It is about to open the store. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'acknowledged'; readonly lane: string; readonly turn: number }
  /** It found something that must not happen. */
  | { readonly kind: 'fault'; readonly text: string }
  /** The store threw. */
  | { readonly kind: 'failure'; readonly code: string; readonly text: string }
  /** It has ended as instructed, after doing its part this many times. */
  | { readonly kind: 'ended'; readonly times: number };

const TURNS_OF_SESSION = 4;

const task = (parentPort === null ? JSON.parse(process.argv[2]!) : workerData) as Task;
const turns = new Map(task.lanes.map((lane) => [lane, task.from]));
const seen = new Acknowledged();
let goesOn = true;
let times = 0;

function post(message: Message): void {
  if (parentPort === null) process.send!(message);
  else parentPort.postMessage(message);
}

function openStore(): Promise<TableStore> {
  return sqliteStore(task.path, { durability: task.durability });
}

/** Runs some work and returns whether it succeeded. Reports a failure. */
async function succeeds(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    times += 1;
    await yields(); // a store that never waits would let nothing else run, not even the message that ends this
    return true;
  } catch (error) {
    const code = EntitableError.is(error) ? error.code : 'none';
    post({ kind: 'failure', code, text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    await wait(5);
    return false;
  }
}

function fault(text: string | undefined): void {
  if (text !== undefined) post({ kind: 'fault', text: `${task.role}: ${text}` });
}

async function takeNextTurn(store: TableStore, rows: Rows, lane: string): Promise<void> {
  const turn = turns.get(lane)!;
  await takeTurn(store, rows, lane, turn);
  post({ kind: 'acknowledged', lane, turn });
  turns.set(lane, turn + 1);
  fault(await faultOfTurn(rows, lane, turn, true));
}

/** Reads the whole table. Rows that were seen once must be seen again, unless they have changed since. */
async function scan(rows: Rows): Promise<void> {
  const found = await readHistory(rows);
  for (const text of seen.faults(found, () => 'on')) fault(text);
  seen.addFound(found);
}

const ROLES: Readonly<Record<Role, () => Promise<void>>> = {
  async write() {
    await using store = await openStore();
    await store.createTable(TABLE);
    const rows = historyRows(store);
    await Promise.all(
      task.lanes.map(async (lane) => {
        while (goesOn) await succeeds(() => takeNextTurn(store, rows, lane));
      }),
    );
  },

  async scan() {
    await using store = await openStore();
    const rows = historyRows(store);
    while (goesOn) await succeeds(() => scan(rows));
  },

  async open() {
    while (goesOn) {
      await succeeds(async () => {
        await using store = await openStore();
        await store.tables();
      });
    }
  },

  async session() {
    while (goesOn) {
      await succeeds(async () => {
        await using store = await openStore();
        await store.createTable(TABLE);
        const rows = historyRows(store);
        await Promise.all(
          task.lanes.map(async (lane) => {
            for (let turn = 0; turn < TURNS_OF_SESSION && goesOn; turn++) await takeNextTurn(store, rows, lane);
          }),
        );
        await scan(rows);
      });
    }
  },
};

/** Ends at once, with the store open, if told to exit; otherwise as soon as the current work is complete. */
const end = (how: unknown): void => {
  if (how === 'exit') process.exit();
  goesOn = false;
};
parentPort?.once('message', end);
process.once('message', end);
process.once('disconnect', () => process.exit(1)); // its starter is gone
await loadSqlite(); // takes longer than everything that follows
post({ kind: 'ready' });
const isWhole = await succeeds(ROLES[task.role]); // itself counted once
const ended: Message = { kind: 'ended', times: times - Number(isWhole) };
process.removeAllListeners('disconnect');
if (parentPort !== null) post(ended);
// Messages are lost if the channel closes before they were written, which happens if the test reads slowly.
else process.send!(ended, () => process.disconnect());
