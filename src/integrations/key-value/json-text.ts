import { EntitableError } from '../../index.js';

/** The JSON text of a value, `undefined` for what JSON leaves out. Throws `validation.converter-failed` for what it refuses: bigints, circles. */
export function jsonText(value: unknown, collection: string, property: string): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new EntitableError(
      'validation.converter-failed',
      `A value for the collection ${collection} has no JSON form: it holds a bigint or itself, or its toJSON fails. Store what JSON can hold.`,
      { className: collection, property, storedName: property, error },
    );
  }
}
