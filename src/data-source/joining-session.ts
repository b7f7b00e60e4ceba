import { AsyncLocalStorage } from 'node:async_hooks';
import type { OptionNames } from '../errors/options.js';
import type { EntityClass } from '../metadata/entity-types.js';
import { checkChoice } from '../query/check-option.js';
import type { DirectSession } from '../repository/direct-session.js';
import type { EntityMappers } from '../repository/entity-mappers.js';
import { VERB_OPTIONS } from '../repository/option-names.js';
import type { Session } from '../repository/repository.js';
import type { EntitySession, UnitOfWorkOptions } from '../repository/session.js';
import { checkFunction, checkOperation } from '../store/check-operation.js';
import { runUnit } from '../unit-of-work/run-unit.js';
import type { UnitOfWork } from '../unit-of-work/unit-of-work.js';

/** How work that the repositories of a data source join goes about it. */
export interface RunOptions extends UnitOfWorkOptions {
  /**
   * What `run` does within another `run` of the same connection. `join`, the default: its writes belong to the unit of the outer one,
   * which commits them, with its own options. `separate`: a unit of its own, which is committed when the inner work ends, whatever
   * becomes of the outer one.
   */
  readonly nested?: 'join' | 'separate' | undefined;
}

const RUN_NAMES: OptionNames<RunOptions> = { ...VERB_OPTIONS.unitOfWork, nested: true };

/** Which unit of work the repositories of one connection are in, however deep in the call. */
export class UnitContext {
  /** Made with the first binding: it costs every promise of the process something. */
  #storage: AsyncLocalStorage<{ unit: UnitOfWork | undefined }> | undefined;
  #bound = 0;

  get unit(): UnitOfWork | undefined {
    return this.#storage?.getStore()?.unit;
  }

  /** Runs work with a unit bound to it; what outlives the work writes directly again. */
  async bind<R>(unit: UnitOfWork, work: () => R | Promise<R>): Promise<R> {
    const storage = (this.#storage ??= new AsyncLocalStorage());
    const binding: { unit: UnitOfWork | undefined } = { unit };
    this.#bound++;
    try {
      return await storage.run(binding, work);
    } finally {
      binding.unit = undefined;
      if (--this.#bound === 0) storage.disable();
    }
  }
}

/** The session of a data source's repositories: the unit of work that is bound to the async context, where one is, else the direct one. */
export class JoiningSession implements Session {
  readonly #direct: DirectSession;
  readonly #context: UnitContext;
  readonly #mappers: EntityMappers;
  readonly #begin: () => UnitOfWork;

  constructor(direct: DirectSession, context: UnitContext, mappers: EntityMappers, begin: () => UnitOfWork) {
    this.#direct = direct;
    this.#context = context;
    this.#mappers = mappers;
    this.#begin = begin;
  }

  of<T extends object>(entityClass: EntityClass<T>): EntitySession<T> {
    return (this.#context.unit?.in(this.#mappers) ?? this.#direct).of(entityClass);
  }

  transaction<R>(work: (unit: UnitOfWork) => R | Promise<R>, options?: UnitOfWorkOptions): Promise<R> {
    return this.run(work, options);
  }

  async run<R>(work: (unit: UnitOfWork) => R | Promise<R>, given: RunOptions = {}): Promise<R> {
    checkFunction('work', work);
    checkOperation(given, RUN_NAMES);
    const { nested = 'join', ...options } = given;
    checkChoice('nested', nested, ['join', 'separate']);
    const outer = nested === 'join' ? this.#context.unit : undefined;
    if (outer !== undefined) return outer.in(this.#mappers).transaction(work, options);
    return runUnit(this.#begin, (unit) => this.#context.bind(unit, () => work(unit)), options);
  }
}
