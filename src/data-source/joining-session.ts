import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityClass } from '../metadata/entity-types.js';
import type { EntitySession, Session } from '../repository/session.js';

/** The session of a data source's repositories: the unit of work that is bound to the async context, where one is, else the direct one. */
export class JoiningSession implements Session {
  readonly #direct: Session;
  /** Made with the first binding: it costs every promise of the process something. */
  #context: AsyncLocalStorage<{ session: Session }> | undefined;
  #bound = 0;

  constructor(direct: Session) {
    this.#direct = direct;
  }

  of<T extends object>(entityClass: EntityClass<T>): EntitySession<T> {
    return (this.#context?.getStore()?.session ?? this.#direct).of(entityClass);
  }

  /** Runs work with a session bound to it; what outlives the work writes directly again. */
  async bind<R>(session: Session, work: () => R | Promise<R>): Promise<R> {
    const context = (this.#context ??= new AsyncLocalStorage());
    const binding = { session };
    this.#bound++;
    try {
      return await context.run(binding, work);
    } finally {
      binding.session = this.#direct;
      if (--this.#bound === 0) context.disable();
    }
  }
}
