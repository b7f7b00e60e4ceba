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

/** Options of `DataSource.run`, whose unit of work the repositories of the data source join. */
export interface RunOptions extends UnitOfWorkOptions {
  /**
   * The behaviour of a `run` within another `run` of the same connection. With `join`, the default, its writes belong
   * to the outer unit, which commits them with its own options. With `separate`, it has a unit of its own, which is
   * committed when the nested function completes, whatever becomes of the outer unit.
   */
  readonly nested?: 'join' | 'separate' | undefined;
}

const RUN_NAMES: OptionNames<RunOptions> = { ...VERB_OPTIONS.unitOfWork, nested: true };

/**
 * The session of a data source's repositories. It uses the unit of work that `run` has bound to the async context; if
 * there is none, it writes directly.
 */
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
