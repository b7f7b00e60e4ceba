import { fork, type ChildProcess } from 'node:child_process';
import { contenderOf } from './contenders.js';
import { fill, lackingIn, OPERATIONS, type Operation } from './operations.js';

/** A round of an operation, or of what goes before: filling the store, and looking whether it gives back what was stored. */
interface Task {
  readonly name: Operation | 'fill' | 'lacking';
  readonly round: number;
}

/** A contender in a process of its own: what is compiled for it serves no other. It waits while others have their turn. */
export class ContenderProcess {
  readonly #child: ChildProcess;

  /** @param program the benchmark, which calls {@link serve} with what follows the word `serve`. */
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

  /** Members that it does not give back as they were stored. */
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

/** Does a contender's tasks until the benchmark is done with it. */
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
