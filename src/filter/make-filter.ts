import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { invalidOption, isObject } from '../options/check-option.js';
import type { EntityClass } from '../metadata/key-types.js';
import { joined, test, isOperator, type Condition } from './condition.js';
import { capitalised, conditionOfFilter, filterOf, isFilter, type Filter } from './filter.js';
import { propertyReferences, type ConditionOf } from './property-refs.js';

/**
 * Creates a filter outside a query, to be stored, combined and used in queries of the class and its subclasses. The
 * class itself need not be an entity class.
 *
 * @example
 * ```ts
 * const large = filter(Order, (o) => o.total.gt(1000));
 * orders.query({ customerId }).where(or(large, filter(Order, { status: 'open' })));
 * ```
 */
export function filter<T extends object>(entityClass: EntityClass<T>, condition: ConditionOf<T, Filter<T>>): Filter<T> {
  if (typeof entityClass !== 'function') {
    const reason = `a class was expected, not ${typeName(entityClass)}`;
    throw new EntitableError(
      'query.invalid-filter',
      `${reason}: a class that is imported in a circle is undefined until the circle is complete.`,
      {
        reason,
      },
    );
  }
  if (typeof condition !== 'function' && typeof condition !== 'object')
    throw invalidOption('filter', 'a callback or an object of values behind the class', typeName(condition));
  return filterOf<T>(conditionFrom(condition));
}

/**
 * Returns the condition of a callback, a filter, or an object of values that properties must equal.
 *
 * @throws EntitableError `query.invalid-filter`, `query.invalid-operand`.
 */
export function conditionFrom(given: unknown): Condition {
  if (typeof given === 'function')
    return conditionOfFilter((given as (property: unknown) => unknown)(propertyReferences()));
  if (!isObject(given) || isFilter(given)) return conditionOfFilter(given);
  const tests = membersOf(given).map(([name, value]) => test(name, 'eq', [value]));
  if (tests.length > 0) return joined('and', tests);
  const reason = `an object that names properties was expected, not an empty ${typeName(given)}`;
  throw new EntitableError(
    'query.invalid-filter',
    `${capitalised(reason)}. Name at least one: where({ status: 'open' }); to take every row, leave where out.`,
    { reason },
  );
}

function membersOf(values: object): readonly (readonly [string, unknown])[] {
  try {
    return Object.entries(values);
  } catch (error) {
    const reason = 'a getter of the object of values threw, or the object is a proxy that did';
    throw new EntitableError('query.invalid-filter', `${capitalised(reason)}. What was thrown is in details.error.`, {
      reason,
      error,
    });
  }
}

/**
 * Returns the condition in the arguments of `where`: a callback, a filter, an object of values, or a property's name
 * with an operator and its operand.
 */
export function whereCondition([first, operator, value]: readonly unknown[]): Condition {
  if (typeof first !== 'string') return conditionFrom(first);
  if (!isOperator(operator)) throw noOperator(first, operator);
  switch (operator) {
    case 'in':
    case 'between':
      return test(first, operator, value);
    case 'isPresent':
    case 'isMissing':
      return test(first, operator, []);
    default:
      return test(first, operator, [value]);
  }
}

function noOperator(property: string, found: unknown): EntitableError {
  const reason = `"${property}" is followed by ${typeof found === 'string' ? `"${found}"` : typeName(found)}, which is no operator`;
  return new EntitableError(
    'query.invalid-filter',
    `In where, ${reason}. The operators are eq, ne, gt, ge, lt, le, in, between, startsWith, isPresent and isMissing.`,
    { reason },
  );
}
