import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { hasMember } from '../options/check-option.js';
import { joined, negated, conditionJSON, conditionText, type Condition, type FilterJSON } from './condition.js';

declare const subject: unique symbol;
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;
const CONDITION: unique symbol = Symbol.for('entitable/condition') as never;

/**
 * A condition on entities of type `T`: an immutable value, which fits every subtype of `T` as well. Names and operands are checked
 * against a class where it is used.
 *
 * `String(filter)` shows names and operators, never operands.
 */
export interface Filter<in T> {
  /** Never exists at run time: it carries the entity's type. */
  readonly [subject]?: (entity: T) => void;
  /** Both this and all of the others. */
  and(...others: readonly [Filter<T>, ...Filter<T>[]]): Filter<T>;
  /** This, or any of the others. */
  or(...others: readonly [Filter<T>, ...Filter<T>[]]): Filter<T>;
  /** Names and operators, and `…` for operands. */
  toString(): string;
  /** The filter with its operands, for `filterFromJSON`. */
  toJSON(): FilterJSON;
}

/** All of some filters. */
export function and<T>(...filters: readonly [Filter<T>, ...Filter<T>[]]): Filter<T> {
  return filterOf(joined('and', filters.map(conditionOfFilter)));
}

/** Any of some filters. */
export function or<T>(...filters: readonly [Filter<T>, ...Filter<T>[]]): Filter<T> {
  return filterOf(joined('or', filters.map(conditionOfFilter)));
}

/** The opposite of a filter. `not(x.eq(v))` also holds where `x` is missing, which `x.ne(v)` does not. */
export function not<T>(filter: Filter<T>): Filter<T> {
  return filterOf(negated(conditionOfFilter(filter)));
}

/** The filter that says a condition. */
export function filterOf<T>(condition: Condition): Filter<T> {
  return new ConditionFilter<T>(condition);
}

/** Whether a value is a filter, also one made by another copy of this package. */
export function isFilter(value: unknown): value is { [CONDITION](): Condition } {
  return hasMember(value, CONDITION);
}

/** What a filter says, also one made by another copy of this package; `query.invalid-filter` for anything else. */
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
  /** Holds operands: what is private is shown by no inspection. */
  readonly #condition: Condition;

  constructor(condition: Condition) {
    this.#condition = condition;
    Object.freeze(this);
  }

  /** A method: a getter is called by an `inspect` that is asked for getters. */
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

  /** For `inspect`, which else would show operands where it is asked for getters. */
  [INSPECT](): string {
    return `Filter ${this.toString()}`;
  }
}

/** The beginning of a sentence. */
export function capitalised(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
