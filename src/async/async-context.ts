import { AsyncLocalStorage } from 'node:async_hooks';

interface Binding<V> {
  value: V | undefined;
}

/**
 * Binds a value to a piece of work, however many awaits deep: `run` binds the unit of work that repositories join, and a commit tells
 * whether its own validators call it again. It costs nothing while no work is under way: with AsyncLocalStorage every promise of the
 * process pays, so that it is made for the first work and disabled after the last.
 */
export class AsyncContext<V> {
  #storage: AsyncLocalStorage<Binding<V>> | undefined;
  #underWay = 0;

  /** The value bound to the code that asks. */
  get value(): V | undefined {
    return this.#underWay > 0 ? this.#storage?.getStore()?.value : undefined;
  }

  /** Runs work with a value bound to it. Code that outlives the work has no value any more. */
  async run<R>(value: V, work: () => R | Promise<R>): Promise<R> {
    const storage = (this.#storage ??= new AsyncLocalStorage());
    const binding: Binding<V> = { value };
    this.#underWay++;
    try {
      return await storage.run(binding, work);
    } finally {
      binding.value = undefined;
      if (--this.#underWay === 0) storage.disable();
    }
  }
}
