import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process that executes commands one after another. Its program sends `ready`, then an answer to each command. */
export class CommandedProcess<C extends object, A> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended = new AbortController();
  readonly #ready: Promise<unknown>;

  /** Starts a program of this folder. */
  constructor(program: string, options?: ForkOptions) {
    this.#child = fork(fileURLToPath(new URL(program, import.meta.url)), options);
    this.#child.once('exit', (code, signal) => {
      this.#ended.abort(new Error(`The process ended: code ${code}, signal ${signal}`));
    });
    this.#ready = this.#next();
    this.#ready.catch(() => {}); // the first command reports it
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Returns the answer; fails if the process ends instead. */
  async do(command: C): Promise<A> {
    await this.#ready;
    this.#child.send(command);
    const [answer] = (await this.#next()) as [A];
    return answer;
  }

  /** Kills the process immediately. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#child.connected) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #next(): Promise<unknown> {
    try {
      return await once(this.#child, 'message', { signal: this.#ended.signal });
    } catch (error) {
      throw this.#ended.signal.aborted ? this.#ended.signal.reason : error;
    }
  }
}
