import { EntitableError } from './entitable-error.js';

/**
 * The error of an object that the program gave, such as an entity or a patch, whose own code threw: a getter, a setter or a proxy. What it
 * threw may quote values, so nothing shows it. An error of this package stays what it is.
 *
 * @param property - What was read, where that is known.
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

/** `object[name]` of an object that the program gave. Throws `entity.getter-failed`. */
export function readMember(className: string, object: object, name: string): unknown {
  try {
    return (object as Readonly<Record<string, unknown>>)[name];
  } catch (error) {
    throw memberFailed(className, name, error);
  }
}
