import { sameData } from '../same-data.js';
import { outOfRange, wrongType, type Converter } from '../converter.js';

/**
 * Stores any JSON value as a String of at most 32,768 UTF-16 units. Filters can only test whether it is present,
 * because the same value can have several texts, which differ in the order of its members. A different order of members
 * does not count as a change.
 *
 * Only what JSON can represent is preserved: a Date inside the value is read back as text, members that are `undefined`
 * are left out, and a bigint is rejected.
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

/** Converts a value to the form in which it is read back: without `undefined` members, with Dates as text. */
function throughJSON(value: unknown): unknown {
  const text = jsonOf(value);
  return text === undefined ? undefined : JSON.parse(text);
}

function parsed<V>(text: string): V {
  try {
    return JSON.parse(text) as V;
  } catch {
    throw outOfRange('it is no JSON'); // the message of the SyntaxError quotes the text
  }
}

/**
 * Serialises a value. The TypeError for a circular structure or a bigint names members, which are data here, so its
 * message is replaced.
 */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw wrongType('the value has no JSON form', { cause });
  }
}
