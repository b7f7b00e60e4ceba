import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { isObject } from '../options/check-option.js';
import { classOf } from '../metadata/class-of.js';
import type { EntityClass } from '../metadata/key-types.js';

/**
 * The class of an entity, for verbs that are of no class themselves: it tells the table. Throws `entity.not-an-object`, and
 * `metadata.not-an-entity` for a plain object, such as a key.
 *
 * @param verb - What was called, for the message.
 * @param remedy - What to do instead, for the message: a sentence.
 */
export function classOfEntity(verb: string, entity: unknown, remedy: string): EntityClass {
  if (!isObject(entity) || entity instanceof Promise) {
    const found = typeName(entity);
    throw new EntitableError('entity.not-an-object', messageOf(verb, found, remedy), { className: 'Object', found });
  }
  const own = classOf(entity);
  if (own !== undefined && own !== Object) return own; // whether it is an entity class is told where it is used
  throw new EntitableError('metadata.not-an-entity', messageOf(verb, 'a plain object', remedy), {
    className: 'Object',
  });
}

function messageOf(verb: string, found: string, remedy: string): string {
  return `${verb} takes an instance of an entity class, whose class tells its table, not ${found}. ${remedy}`;
}
