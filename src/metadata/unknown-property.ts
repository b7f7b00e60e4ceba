import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { EntityMetadata } from './entity-metadata.js';
import type { EntityClass } from './key-types.js';

/**
 * Creates the error for a name in a filter or a selection that the class does not store. The compiler cannot
 * distinguish getters from read-only properties, so the message points out a getter.
 *
 * @param names - The names that are allowed, for the message.
 */
export function unknownProperty(
  { className, entityClass }: EntityMetadata,
  name: unknown,
  names: readonly string[],
): EntitableError {
  const property = typeof name === 'string' ? name : typeName(name);
  const named = typeof name === 'string' ? `"${name}"` : property;
  const why = isComputed(entityClass, property) ? ': it is computed by a getter of the class' : '';
  return new EntitableError(
    'query.unknown-property',
    `${className} has no stored property ${named}${why}. It has: ${names.join(', ')}.`,
    { className, property },
  );
}

/** Returns whether a member of a class is computed by a getter. Does not call the getter. */
export function isComputed(entityClass: EntityClass, name: string): boolean {
  return !(name in Object.prototype) && inheritedDescriptor(entityClass.prototype as object, name)?.get !== undefined;
}

/** Returns the descriptor of a member of a prototype, its own or an inherited one. */
export function inheritedDescriptor(prototype: object | null, name: string): PropertyDescriptor | undefined {
  if (prototype === null) return undefined;
  const own = Object.getOwnPropertyDescriptor(prototype, name);
  return own ?? inheritedDescriptor(Object.getPrototypeOf(prototype) as object | null, name);
}
