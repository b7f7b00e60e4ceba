import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { isObject } from '../options/check-option.js';
import { classOf } from '../metadata/class-of.js';
import type { EntityClass } from '../metadata/key-types.js';

/**
 * Returns the class of an entity, for operations that are not called on the repository of a class. Throws
 * `entity.not-an-object`, and `metadata.not-an-entity` for a plain object, such as a key.
 *
 * @param verb - The name of the operation, for the error message.
 * @param remedy - A sentence for the error message that says what to do instead.
 */
export function classOfEntity(verb: string, entity: unknown, remedy: string): EntityClass {
  if (!isObject(entity) || entity instanceof Promise) {
    const found = typeName(entity);
    throw new EntitableError('entity.not-an-object', messageOf(verb, found, remedy), { className: 'Object', found });
  }
  const own = classOf(entity);
  if (own !== undefined && own !== Object) return own; // if it is not an entity class, its later use reports that
  throw new EntitableError('metadata.not-an-entity', messageOf(verb, 'a plain object', remedy), {
    className: 'Object',
  });
}

function messageOf(verb: string, found: string, remedy: string): string {
  return `${verb} takes an instance of an entity class, whose class tells its table, not ${found}. ${remedy}`;
}
