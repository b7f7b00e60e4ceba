import { EntitableError } from './entitable-error.js';

/**
 * Returns the error for an object that the program passed, such as an entity or a patch, and whose own code threw: a
 * getter, a setter or a proxy. The message omits what was thrown, because that may quote values. If `error` is an error
 * of this package, it is returned unchanged.
 *
 * @param property - The member that was read or set, if it is known.
 */
export function memberFailed(className: string, property: string | undefined, error: unknown): EntitableError {
  if (EntitableError.is(error)) return error;
  const what = property === undefined ? `An object that was given for ${className}` : `${className}.${property}`;
  return new EntitableError(
    'entity.getter-failed',
    `${what} cannot be read or set: a getter or a setter threw, or it is a proxy that did or was revoked. What was thrown is in details.error.`,
    { className, ...(property !== undefined && { property }), error },
  );
}

/** Reads `object[name]` of an object that the program passed in. Throws `entity.getter-failed`. */
export function readMember(className: string, object: object, name: string): unknown {
  try {
    return (object as Readonly<Record<string, unknown>>)[name];
  } catch (error) {
    throw memberFailed(className, name, error);
  }
}
