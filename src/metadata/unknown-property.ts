import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { EntityMetadata } from './entity-metadata.js';
import type { EntityClass } from './key-types.js';

/**
 * The error of a name that a class does not store, in a filter or a selection. The compiler takes getters for readonly properties, so the
 * error says where the name is one.
 *
 * @param names - What could be named, for the message.
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

/** Whether a class computes a member by a getter; the getter is not called. */
export function isComputed(entityClass: EntityClass, name: string): boolean {
  return !(name in Object.prototype) && inheritedDescriptor(entityClass.prototype as object, name)?.get !== undefined;
}

/** The descriptor of a member of a prototype, or of the nearest one that it inherits from. */
export function inheritedDescriptor(prototype: object | null, name: string): PropertyDescriptor | undefined {
  if (prototype === null) return undefined;
  const own = Object.getOwnPropertyDescriptor(prototype, name);
  return own ?? inheritedDescriptor(Object.getPrototypeOf(prototype) as object | null, name);
}
