import { EntitableError } from '../errors/entitable-error.js';

/** Creates the error for an argument that should be an entity class and is not. */
export function notAnEntity(found: unknown): EntitableError {
  if (typeof found !== 'function') {
    return new EntitableError(
      'metadata.not-an-entity',
      `An entity class was expected, not ${found === null ? 'null' : typeof found}. ` +
        'A class that is imported in a circle is undefined until the circle is complete: look at the imports of the file that uses it.',
      { className: typeof found },
    );
  }
  const className = found.name || 'A class without a name';
  return new EntitableError(
    'metadata.not-an-entity',
    `${className} is not an entity class. Decorate it with @Entity({ table }), or describe it with defineEntity(${found.name || 'Class'}, { table, properties }).`,
    { className },
  );
}
