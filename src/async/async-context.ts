import { AsyncLocalStorage } from 'node:async_hooks';

interface Binding<V> {
  value: V | undefined;
}

/**
 * Binds a value to a function and to all asynchronous code that it calls. Used by `DataSource.run`, which binds the
 * unit of work that repositories join, and by commits, which detect that one of their own validators calls them again.
 * AsyncLocalStorage slows down every promise of the process, so it is created for the first call of `run` and disabled
 * whenever no call is in progress.
 */
export class AsyncContext<V> {
  #storage: AsyncLocalStorage<Binding<V>> | undefined;
  #underWay = 0;

  /** The value that the innermost `run` has bound to the calling code; `undefined` outside of `run`. */
  get value(): V | undefined {
    return this.#underWay > 0 ? this.#storage?.getStore()?.value : undefined;
  }

  /**
   * Calls `work` with a value bound to it. Code that `work` has started and that still runs after the end of `work` no
   * longer sees the value.
   */
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
