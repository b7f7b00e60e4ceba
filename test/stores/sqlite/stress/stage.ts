import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { loadSqlite } from '../../../../src/stores/sqlite/sqlite-driver.js';
import type { Message, Role, Task } from './actor.js';
import { Acknowledged } from './history.js';

const ACTOR = fileURLToPath(new URL('./actor.js', import.meta.url));
const HAS_OWN_SQLITE = (await loadSqlite()) === process.getBuiltinModule('node:sqlite' as string);
/** How long an actor may take to end when it is told to, in milliseconds. */
const PATIENCE = 60_000;

/** An actor is a process or a worker thread. */
export type Kind = 'process' | 'thread';

/** Says what one actor does; the rest is the stage's. */
export interface Part extends Partial<Omit<Task, 'path' | 'role'>> {
  readonly role: Role;
  readonly kind?: Kind;
  /** Variables of its environment, beside those of this process; of a process only. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One that is at work on a store. */
export interface Actor {
  readonly lanes: readonly string[];
  /** Resolves when it is about to open the store; also when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves when it has told something else, such as that its first turn was acknowledged; also when it ends before. */
  readonly active: Promise<void>;
  /** Lets it end by itself, the store closed. */
  stop(): Promise<void>;
  /** Ends it where it is. */
  kill(): Promise<void>;
}

/** Where actors work on one store, and what they tell comes together. */
export class Stage {
  readonly acknowledged = new Acknowledged();
  /** What cannot be, but was seen. */
  readonly faults: string[] = [];
  /** How often the store threw, by code, with the first error of each. */
  readonly failures: Record<string, { count: number; readonly first: string }> = {};
  /** How often each role did its part, of actors that were stopped. */
  readonly times: Record<Role, number> = { write: 0, scan: 0, open: 0, session: 0 };

  /** `onAcknowledged` is called with each turn as soon as it is known to have been acknowledged. */
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
  /** With words on how it ended. */
  readonly ended: Promise<string>;
}

function startProcess(task: Task, env: NodeJS.ProcessEnv, onMessage: (message: Message) => void): Started {
  const child = fork(ACTOR, [JSON.stringify(task)], { env: { ...process.env, ...env } });
  child.on('message', onMessage);
  return {
    stop: () => void (child.connected && child.send('end', () => {})), // it may have ended meanwhile
    kill: () => void child.kill('SIGKILL'),
    ended: (async () => {
      // What it has sent may be read after it has ended: the channel is closed behind the last message.
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
