import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { invalidOption } from '../errors/invalid-option.js';
import type { EntityClass } from '../metadata/entity-types.js';
import { conditionOf, filterOf, type Filter } from './filter.js';
import type { PropertyRefs } from './property-refs.js';
import { propertyReferences } from './property-reference.js';

/**
 * Makes a filter outside of a query, to be kept, combined and used with the class and its subclasses; the class need not be an
 * entity class itself.
 *
 * @example
 * ```ts
 * const large = filter(Order, (o) => o.total.gt(1000));
 * orders.query({ customerId }).where(large);
 * ```
 */
export function filter<T extends object>(
  entityClass: EntityClass<T>,
  condition: (property: PropertyRefs<T>) => Filter<T>,
): Filter<T> {
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
  if (typeof condition !== 'function')
    throw invalidOption('filter', 'a callback behind the class', typeName(condition));
  return filterOf<T>(conditionOf(condition(propertyReferences<T>())));
}
