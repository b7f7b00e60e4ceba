import { fork, type ChildProcess } from 'node:child_process';
import { contenderOf } from './contenders.js';
import { fill, lackingIn, OPERATIONS, type Operation } from './operations.js';

/** A task for a contender: a round of an operation, filling the store, or checking that it returns what was stored. */
interface Task {
  readonly name: Operation | 'fill' | 'lacking';
  readonly round: number;
}

/**
 * A contender in a process of its own, so that code optimised for one does not influence another. It is idle while
 * others take their turns.
 */
export class ContenderProcess {
  readonly #child: ChildProcess;

  /** @param program Path of the benchmark. It must call {@link serve} with the arguments after the word `serve`. */
  constructor(
    program: string,
    readonly name: string,
    readonly folder: string,
  ) {
    this.#child = fork(program, ['serve', name, folder]);
  }

  run(name: Operation | 'fill', round: number): Promise<number> {
    return this.#ask({ name, round }) as Promise<number>;
  }

  /** Returns the names of the members that the contender does not return as they were stored. */
  lacking(): Promise<readonly string[]> {
    return this.#ask({ name: 'lacking', round: 0 }) as Promise<readonly string[]>;
  }

  /** Closes the store and ends the process. */
  async close(): Promise<void> {
    if (!this.#child.connected) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
  }

  #ask(task: Task): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`${this.name} ended with ${code} at ${task.name}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (answer) => {
        this.#child.off('exit', ended);
        resolve(answer);
      });
      this.#child.send(task);
    });
  }
}

/** Runs a contender's tasks until the benchmark disconnects. */
export async function serve(name: string, folder: string): Promise<void> {
  const contender = contenderOf(name);
  const opened = contender.open(folder);
  const run = async ({ name: task, round }: Task): Promise<unknown> => {
    const store = await opened;
    if (task === 'fill') return fill(store, round);
    if (task === 'lacking') return lackingIn(store);
    return OPERATIONS[task](store, round, contender.slow === true);
  };
  process.on('message', (task: Task) => void run(task).then((answer) => process.send!(answer)));
  await new Promise((resolve) => process.once('disconnect', resolve));
  await (await opened).close();
}
