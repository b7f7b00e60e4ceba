import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Visit } from './visitor.js';

const VISITOR = fileURLToPath(new URL('./visitor.js', import.meta.url));

/** A visitor that runs in its own process or thread. */
export interface Visitor {
  readonly kind: 'process' | 'thread';
  readonly author: string;
  /** All lines that it has printed so far. */
  readonly told: readonly string[];
  /** Resolves when it has printed something or has ended. */
  readonly began: Promise<unknown>;
  readonly ended: Promise<unknown>;
  kill(signal: 'SIGKILL' | 'SIGSTOP'): void;
}

/** Starts a visitor. A thread has no signals: any signal terminates it. */
export function startVisitor(kind: Visitor['kind'], order: Visit): Visitor {
  const started = (kind === 'process' ? startProcess : startThread)(JSON.stringify(order));
  const told: string[] = [];
  let rest = '';
  started.output.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    told.push(...lines);
  });
  const began = Promise.race([once(started.output, 'data'), started.ended]);
  return { kind, author: order.author, told, began, ended: started.ended, kill: started.kill };
}

interface Started extends Pick<Visitor, 'kill' | 'ended'> {
  readonly output: Readable;
}

function startProcess(order: string): Started {
  const child = spawn(process.execPath, [VISITOR, order], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { output: child.stdout, ended: once(child, 'close'), kill: (signal) => void child.kill(signal) };
}

function startThread(order: string): Started {
  const worker = new Worker(VISITOR, { workerData: order, stdout: true });
  return { output: worker.stdout, ended: once(worker, 'exit'), kill: () => void worker.terminate() };
}

/** Returns the rows that visitors report as written, each as its author and number. */
export function writtenBy(visitors: readonly Visitor[]): readonly string[] {
  return visitors.flatMap(({ author, told }) =>
    told.filter((line) => line.startsWith('wrote ')).map((line) => `${author} ${line.slice('wrote '.length)}`),
  );
}

/** Returns the failures that visitors report, except that another had the store open. */
export function failuresOf(visitors: readonly Visitor[]): readonly string[] {
  return visitors.flatMap(({ told }) => told.filter((line) => !/^(?:wrote|holds) |^failed store\.in-use$/.test(line)));
}
