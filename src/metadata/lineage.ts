import type { EntityClass } from './key-types.js';

/** Returns a class and its base classes, the base first. */
export function lineage(entityClass: EntityClass): readonly object[] {
  const classes: object[] = [];
  for (let current: unknown = entityClass; typeof current === 'function' && current !== Function.prototype;) {
    classes.unshift(current);
    current = Object.getPrototypeOf(current);
  }
  return classes;
}
