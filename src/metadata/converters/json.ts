import type { Converter } from '../converter.js';
import { wrongType } from '../converter-refusal.js';

/**
 * Stores any JSON value as a String: at most 32,768 UTF-16 units of JSON. Not compared by filters.
 *
 * The value must survive JSON: a Date in it comes back as text, `undefined` members are left out, a bigint is refused.
 */
export function json<V>(): Converter<V, 'String'> {
  return Object.freeze({
    type: 'String',
    toStored(value: V): string {
      const text = jsonOf(value);
      if (text === undefined) throw wrongType('the value has no JSON form');
      return text;
    },
    fromStored: (text: string) => JSON.parse(text) as V,
  });
}

/** What JSON cannot hold, a circle or a bigint, it tells with the names of members: they are data here. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw wrongType('the value has no JSON form', { cause });
  }
}
