import { test, type Operator } from './condition.js';
import { filterOf, type Filter } from './filter.js';
import type { PropertyRefs, StringRef } from './property-refs.js';

/** Every operator on one property; which are right for it is checked where the filter is used. */
function propertyReference<T>(name: string): StringRef<T, unknown> {
  const filter = (operator: Operator, operands: unknown): Filter<T> => filterOf<T>(test(name, operator, operands));
  return Object.freeze({
    eq: (value: unknown) => filter('eq', [value]),
    ne: (value: unknown) => filter('ne', [value]),
    gt: (value: unknown) => filter('gt', [value]),
    ge: (value: unknown) => filter('ge', [value]),
    lt: (value: unknown) => filter('lt', [value]),
    le: (value: unknown) => filter('le', [value]),
    in: (values: unknown) => filter('in', values),
    between: (from: unknown, to: unknown) => filter('between', [from, to]),
    startsWith: (prefix: string) => filter('startsWith', [prefix]),
    isPresent: () => filter('isPresent', []),
    isMissing: () => filter('isMissing', []),
  });
}

const REFERENCES: object = new Proxy(Object.freeze(Object.create(null) as object), {
  get: (_, name) => (typeof name === 'string' ? propertyReference(name) : undefined),
});

/** References to the properties of any class: they are symbols, so one object serves all. */
export function propertyReferences<T>(): PropertyRefs<T> {
  return REFERENCES as PropertyRefs<T>;
}
