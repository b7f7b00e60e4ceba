import type { AsyncContext } from '../async/async-context.js';
import { checkChoice, type OptionNames } from '../options/check-option.js';
import type { EntityClass } from '../metadata/key-types.js';
import type { DirectSession } from '../repository/direct-session.js';
import type { EntityMappers } from '../repository/entity-mappers.js';
import { VERB_OPTIONS } from '../repository/option-names.js';
import type { Session } from '../repository/repository.js';
import type { EntityOperations } from '../repository/entity-operations.js';
import type { UnitOfWorkOptions } from '../repository/session.js';
import { checkFunction, checkOperation } from '../options/operation-options.js';
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

/** The session of a data source's repositories: the unit of work that is bound to the async context, where one is, else the direct one. */
export class AmbientSession implements Session {
  readonly #direct: DirectSession;
  readonly #context: AsyncContext<UnitOfWork>;
  readonly #mappers: EntityMappers;
  readonly #begin: () => UnitOfWork;

  constructor(
    direct: DirectSession,
    context: AsyncContext<UnitOfWork>,
    mappers: EntityMappers,
    begin: () => UnitOfWork,
  ) {
    this.#direct = direct;
    this.#context = context;
    this.#mappers = mappers;
    this.#begin = begin;
  }

  of<T extends object>(entityClass: EntityClass<T>): EntityOperations<T> {
    return (this.#context.value?.in(this.#mappers) ?? this.#direct).of(entityClass);
  }

  transaction<R>(work: (unit: UnitOfWork) => R | Promise<R>, options?: UnitOfWorkOptions): Promise<R> {
    return this.run(work, options);
  }

  async run<R>(work: (unit: UnitOfWork) => R | Promise<R>, given: RunOptions = {}): Promise<R> {
    checkFunction('work', work);
    checkOperation(given, RUN_NAMES);
    const { nested = 'join', ...options } = given;
    checkChoice('nested', nested, ['join', 'separate']);
    const outer = nested === 'join' ? this.#context.value : undefined;
    if (outer !== undefined) return outer.in(this.#mappers).transaction(work, options);
    return runUnit(this.#begin, (unit) => this.#context.run(unit, () => work(unit)), options);
  }
}
