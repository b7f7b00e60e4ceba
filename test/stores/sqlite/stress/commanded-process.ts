import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command, Outcome } from './commanded.js';

const COMMANDED = fileURLToPath(new URL('./commanded.js', import.meta.url));

/** A process that does with stores what it is told. */
export class CommandedProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended = new AbortController();
  readonly #ready: Promise<unknown>;

  constructor(env: NodeJS.ProcessEnv) {
    this.#child = fork(COMMANDED, { env: { ...process.env, ...env } });
    this.#child.once('exit', (code, signal) => {
      this.#ended.abort(new Error(`The process ended: code ${code}, signal ${signal}`));
    });
    this.#ready = once(this.#child, 'message', { signal: this.#ended.signal });
  }

  async do(command: Command): Promise<Outcome> {
    await this.#ready;
    this.#child.send(command);
    const [outcome] = (await once(this.#child, 'message', { signal: this.#ended.signal })) as [Outcome];
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#child.connected) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
