import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { hasMember } from '../options/check-option.js';
import { joined, negated, conditionJSON, conditionText, type Condition, type FilterJSON } from './condition.js';

declare const subject: unique symbol;
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;
const CONDITION: unique symbol = Symbol.for('entitable/condition') as never;

/**
 * A condition on entities of type `T`. Filters are immutable values, and a filter for `T` also fits every subtype of
 * `T`. Names and operands are checked against a class when the filter is used.
 *
 * `String(filter)` shows names and operators but never operands.
 */
export interface Filter<in T> {
  /** Carries the entity's type for the compiler; does not exist at run time. */
  readonly [subject]?: (entity: T) => void;
  /** Returns a filter that matches if this one and all of the others match. */
  and(...others: readonly [Filter<T>, ...Filter<T>[]]): Filter<T>;
  /** Returns a filter that matches if this one or any of the others matches. */
  or(...others: readonly [Filter<T>, ...Filter<T>[]]): Filter<T>;
  /** Returns the names and operators, with `…` for operands. */
  toString(): string;
  /** Returns the filter including its operands, in the form that `filterFromJSON` reads. */
  toJSON(): FilterJSON;
}

/** Combines filters: all of them must match. */
export function and<T>(...filters: readonly [Filter<T>, ...Filter<T>[]]): Filter<T> {
  return filterOf(joined('and', filters.map(conditionOfFilter)));
}

/** Combines filters: at least one of them must match. */
export function or<T>(...filters: readonly [Filter<T>, ...Filter<T>[]]): Filter<T> {
  return filterOf(joined('or', filters.map(conditionOfFilter)));
}

/** Negates a filter. `not(x.eq(v))` also matches rows without `x`, which `x.ne(v)` does not. */
export function not<T>(filter: Filter<T>): Filter<T> {
  return filterOf(negated(conditionOfFilter(filter)));
}

/** Creates the filter for a condition. */
export function filterOf<T>(condition: Condition): Filter<T> {
  return new ConditionFilter<T>(condition);
}

/** Returns whether a value is a filter, including filters made by another copy of this package. */
export function isFilter(value: unknown): value is { [CONDITION](): Condition } {
  return hasMember(value, CONDITION);
}

/**
 * Returns the condition of a filter, including filters made by another copy of this package. Throws
 * `query.invalid-filter` for anything else.
 */
export function conditionOfFilter(filter: unknown): Condition {
  if (isFilter(filter)) return filter[CONDITION]();
  const reason = `a filter was expected, not ${typeName(filter)}`;
  throw new EntitableError(
    'query.invalid-filter',
    `${capitalised(reason)}. Return what a property's operator gives: where((o) => o.total.gt(5)).`,
    {
      reason,
    },
  );
}

class ConditionFilter<in T> implements Filter<T> {
  declare readonly [subject]?: (entity: T) => void;
  /** Contains operands. Private, so that inspecting the filter does not show them. */
  readonly #condition: Condition;

  constructor(condition: Condition) {
    this.#condition = condition;
    Object.freeze(this);
  }

  /**
   * Returns the condition. This is a method and not a getter, because `util.inspect` has an option to call getters, and
   * would show the operands.
   */
  [CONDITION](): Condition {
    return this.#condition;
  }

  and(...others: readonly [Filter<T>, ...Filter<T>[]]): Filter<T> {
    return and<T>(this, ...others);
  }

  or(...others: readonly [Filter<T>, ...Filter<T>[]]): Filter<T> {
    return or<T>(this, ...others);
  }

  toString(): string {
    return conditionText(this.#condition);
  }

  toJSON(): FilterJSON {
    return conditionJSON(this.#condition);
  }

  /** Returns the text that `util.inspect` and `console.log` show, which contains no operands. */
  [INSPECT](): string {
    return `Filter ${this.toString()}`;
  }
}

/** Capitalises the beginning of a sentence. */
export function capitalised(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
