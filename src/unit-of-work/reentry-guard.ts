import { AsyncLocalStorage } from 'node:async_hooks';

/** Tells whether code runs within some work, however many awaits deep. It costs nothing while no work is under way. */
export class ReentryGuard {
  readonly #context = new AsyncLocalStorage<true>();
  #underWay = 0;

  get isInside(): boolean {
    return this.#underWay > 0 && this.#context.getStore() === true;
  }

  async run(work: () => Promise<void>): Promise<void> {
    this.#underWay++;
    try {
      await this.#context.run(true, work);
    } finally {
      if (--this.#underWay === 0) this.#context.disable(); // else every promise of the process would go on paying
    }
  }
}
