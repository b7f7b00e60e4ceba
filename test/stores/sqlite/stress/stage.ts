import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { loadSqlite } from '../../../../src/stores/sqlite/sqlite-driver.js';
import type { Message, Role, Task } from './actor.js';
import { Acknowledged } from './history.js';

const ACTOR = fileURLToPath(new URL('./actor.js', import.meta.url));
const HAS_OWN_SQLITE = (await loadSqlite()) === process.getBuiltinModule('node:sqlite' as string);
/** Milliseconds that an actor may take to end after it was told to. */
const PATIENCE = 60_000;

/** The form of an actor: a process or a worker thread. */
export type Kind = 'process' | 'thread';

/** The part of one actor. The stage fills in the rest. */
export interface Part extends Partial<Omit<Task, 'path' | 'role'>> {
  readonly role: Role;
  readonly kind?: Kind;
  /** Environment variables in addition to those of this process; for processes only. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An actor that works on a store. */
export interface Actor {
  readonly lanes: readonly string[];
  /** Resolves when it is about to open the store, or has ended before. */
  readonly ready: Promise<void>;
  /** Resolves when it has reported something else, such as its first acknowledged turn, or has ended before. */
  readonly active: Promise<void>;
  /** Lets it end by itself and close the store. */
  stop(): Promise<void>;
  /** Kills it immediately. */
  kill(): Promise<void>;
}

/** A store with the actors that work on it, and the collected reports of all of them. */
export class Stage {
  readonly acknowledged = new Acknowledged();
  /** Observations of what must not happen. */
  readonly faults: string[] = [];
  /** Number of errors that the store threw by code, with the first error of each. */
  readonly failures: Record<string, { count: number; readonly first: string }> = {};
  /** Number of times that each role did its part, by actors that were stopped. */
  readonly times: Record<Role, number> = { write: 0, scan: 0, open: 0, session: 0 };

  /** `onAcknowledged` is called with each turn as soon as it is reported as acknowledged. */
  constructor(
    readonly path: string,
    readonly onAcknowledged: (lane: string, turn: number) => void = () => {},
  ) {}

  start({ role, kind = 'process', env = {}, lanes = [], from = 0, durability = 'full' }: Part): Actor {
    const task: Task = { role, path: this.path, durability, lanes, from };
    let isReady = (): void => {};
    let isActive = (): void => {};
    let isAsked = false;
    let isDone = false;
    const ready = new Promise<void>((resolve) => (isReady = resolve));
    const active = new Promise<void>((resolve) => (isActive = resolve));
    const onMessage = (message: Message): void => {
      if (message.kind === 'ready') isReady();
      else isActive();
      if (message.kind === 'ended') {
        isDone = true;
        this.times[role] += message.times;
      }
      this.#hear(message);
    };
    const onEnd = (how: string): void => {
      if (!isAsked || !isDone) this.faults.push(`An actor that did "${role}" ended by itself: ${how}`);
    };
    const { stop, kill, ended } =
      kind === 'process' ? startProcess(task, env, onMessage) : startThread(task, onMessage);
    let isKilled = false;
    const end = (async () => {
      const how = await ended;
      isReady();
      isActive();
      if (!isKilled) onEnd(how);
    })();
    return {
      lanes,
      ready,
      active,
      stop: async () => {
        isAsked = true;
        stop();
        const alarm = setTimeout(() => {
          this.faults.push(`An actor that did "${role}" did not end within ${PATIENCE} ms`);
          kill();
        }, PATIENCE);
        await end;
        clearTimeout(alarm);
      },
      kill: async () => {
        isKilled = true;
        kill();
        await end;
      },
    };
  }

  #hear(message: Message): void {
    switch (message.kind) {
      case 'acknowledged': {
        this.acknowledged.add(message.lane, message.turn);
        this.onAcknowledged(message.lane, message.turn);
        break;
      }
      case 'fault': {
        this.faults.push(message.text);
        break;
      }
      case 'failure': {
        this.failures[message.code] ??= { count: 0, first: message.text };
        this.failures[message.code]!.count += 1;
        break;
      }
      case 'ready':
      case 'ended':
    }
  }
}

interface Started {
  readonly stop: () => void;
  readonly kill: () => void;
  /** Resolves with a description of how it ended. */
  readonly ended: Promise<string>;
}

function startProcess(task: Task, env: NodeJS.ProcessEnv, onMessage: (message: Message) => void): Started {
  const child = fork(ACTOR, [JSON.stringify(task)], { env: { ...process.env, ...env } });
  child.on('message', onMessage);
  return {
    stop: () => void (child.connected && child.send('end', () => {})), // it may have ended meanwhile
    kill: () => void child.kill('SIGKILL'),
    ended: (async () => {
      // Its messages may arrive after it has ended: the channel closes after the last one.
      await Promise.all([once(child, 'close'), once(child, 'disconnect')]);
      return `code ${child.exitCode}, signal ${child.signalCode}`;
    })(),
  };
}

function startThread(task: Task, onMessage: (message: Message) => void): Started {
  const worker = new Worker(ACTOR, { workerData: task });
  worker.on('message', onMessage);
  let error: unknown;
  worker.once('error', (thrown) => (error = thrown));
  return {
    stop: () => worker.postMessage('end'),
    // The package aborts the process when a thread is terminated within its native code; Node's own SQLite does not.
    kill: () => (HAS_OWN_SQLITE ? void worker.terminate() : worker.postMessage('exit')),
    ended: new Promise((resolve) => {
      worker.once('exit', (code) => resolve(`code ${code}, error ${String(error)}`));
    }),
  };
}
