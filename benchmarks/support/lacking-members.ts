import { isDeepStrictEqual } from 'node:util';
import { sampleEntity, type SampleData } from './sample.js';

/**
 * The members of what a contender read that are not what was stored, type included; a Buffer is as good as a Uint8Array. Contenders that
 * give less do less, and the table says so.
 */
export function lackingMembers(found: object, data: SampleData): readonly string[] {
  return Object.entries(sampleEntity(data)).flatMap(([name, value]) =>
    isDeepStrictEqual(comparable((found as Record<string, unknown>)[name]), comparable(value)) ? [] : [name],
  );
}

function comparable(value: unknown): unknown {
  return value instanceof Uint8Array ? [...value] : value;
}
