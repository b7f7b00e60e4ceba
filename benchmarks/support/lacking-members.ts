import { isDeepStrictEqual } from 'node:util';
import { sampleEntity, type SampleData } from './sample.js';

/**
 * Returns the names of the members that a contender did not return as they were stored, type included; a Buffer counts
 * as a Uint8Array. Contenders that return less also do less work, and the table reports that.
 */
export function lackingMembers(found: object, data: SampleData): readonly string[] {
  return Object.entries(sampleEntity(data)).flatMap(([name, value]) =>
    isDeepStrictEqual(comparable((found as Record<string, unknown>)[name]), comparable(value)) ? [] : [name],
  );
}

function comparable(value: unknown): unknown {
  return value instanceof Uint8Array ? [...value] : value;
}
