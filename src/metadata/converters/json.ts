import { sameData } from '../same-data.js';
import { outOfRange, wrongType, type Converter } from '../converter.js';

/**
 * Stores any JSON value as a String: at most 32,768 UTF-16 units of JSON. Filters ask only whether it is present: one value has many
 * texts, by the order of its members. Another order is no change, either.
 *
 * The value must survive JSON: a Date in it comes back as text, `undefined` members are left out, a bigint is refused.
 */
export function json<V>(): Converter<V, 'String'> {
  return Object.freeze({
    type: 'String',
    equality: false,
    toStored(value: V): string {
      const text = jsonOf(value);
      if (text === undefined) throw wrongType('the value has no JSON form');
      return text;
    },
    fromStored: parsed<V>,
    same: (left: V, right: V) => sameData(throughJSON(left), throughJSON(right)),
  });
}

/** What is left of a value when it was stored: no absent members, no Dates. */
function throughJSON(value: unknown): unknown {
  const text = jsonOf(value);
  return text === undefined ? undefined : JSON.parse(text);
}

function parsed<V>(text: string): V {
  try {
    return JSON.parse(text) as V;
  } catch {
    throw outOfRange('it is no JSON'); // what the language says quotes the text
  }
}

/** What JSON cannot hold, a circle or a bigint, it tells with the names of members: they are data here. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw wrongType('the value has no JSON form', { cause });
  }
}
