import { readOption } from '../../options/check-option.js';
import { isDate, isUint8Array } from 'node:util/types';
import { EntitableError, Guid, metadataOf, type EntityClass } from '../../index.js';

/**
 * Turns Guids, bytes and bigints into text: class-transformer would copy Guids and bytes member by member, and JSON has
 * no bigints. Dates become text too if `dates` is `'text'`. Maps and Sets are returned unchanged; arrays and other
 * objects are copied, and objects keep their class.
 */
export function withTexts(value: unknown, dates: 'keep' | 'text'): unknown {
  return readOption('The value', () => textsOf(value, dates));
}

function textsOf(value: unknown, dates: 'keep' | 'text'): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (Guid.is(value)) return value.toString();
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (value instanceof Date) return dates === 'keep' ? value : value.toJSON();
  if (Array.isArray(value)) return value.map((item) => textsOf(item, dates));
  if (value instanceof Map || value instanceof Set) return value;
  return copyOf(value, dates);
}

/**
 * Copies an object so that every stored property is an own member of the copy, including getters of the class:
 * class-transformer sees only own members. Getters are evaluated on the original object, because the copy lacks the
 * class's `#private` fields.
 */
function copyOf(value: object, dates: 'keep' | 'text'): object {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const copy = Object.create(prototype) as object;
  const define = (name: string, member: unknown): void => {
    const text = textsOf(member, dates);
    Object.defineProperty(copy, name, { value: text, configurable: true, enumerable: true, writable: true });
  };
  for (const [name, member] of Object.entries(value)) define(name, member);
  const { stored, getters } = inheritedBy(prototype);
  for (const name of stored) {
    if (Object.hasOwn(copy, name)) continue;
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined) define(name, member);
  }
  for (const name of getters) {
    if (Object.hasOwn(copy, name)) continue;
    Object.defineProperty(copy, name, { get: () => withTexts(Reflect.get(value, name), dates), configurable: true });
  }
  return copy;
}

/** Members that objects get from their class, in addition to their own enumerable members. */
interface Inherited {
  /** Stored properties of the class. */
  readonly stored: readonly string[];
  readonly getters: readonly string[];
}

const NOTHING: Inherited = { stored: [], getters: [] };
const inherited = new WeakMap<object, Inherited>();

function inheritedBy(prototype: object | null): Inherited {
  if (prototype === null || prototype === Object.prototype) return NOTHING;
  let found = inherited.get(prototype);
  if (found === undefined) inherited.set(prototype, (found = findInherited(prototype)));
  return found;
}

function findInherited(prototype: object): Inherited {
  const stored = new Set<string>();
  const getters = new Set<string>();
  let holder: object | null = prototype;
  while (holder !== null && holder !== Object.prototype) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (descriptor.get !== undefined) getters.add(name);
      if (name === 'constructor') for (const property of storedOf(descriptor.value)) stored.add(property);
    }
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  const names = [...stored].filter((name) => !(name in Object.prototype) || getters.has(name));
  return { stored: names, getters: [...getters].filter((name) => !stored.has(name)) };
}

/** Returns the stored properties of a class, or none if it is not an entity class. */
function storedOf(found: unknown): readonly string[] {
  try {
    return [...metadataOf(found as EntityClass).members.keys()];
  } catch (error) {
    if (EntitableError.is(error, 'metadata.not-an-entity')) return [];
    throw error;
  }
}

/** EDM types whose values are written as text. */
export type TextType = 'Guid' | 'Int64' | 'DateTime' | 'Binary';

/** Descriptions, for error messages, of the input that {@link FROM_PLAIN} accepts. */
export const FORM: Readonly<Record<TextType, string>> = {
  Guid: 'its 36 characters as text',
  Int64: 'its decimal digits as text, or a number that is a safe integer',
  DateTime: 'text in the form of ISO 8601',
  Binary: 'text in base64',
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/**
 * Matches a date in ISO 8601 form, with or without a time of day. JavaScript guesses the date in any other text: it
 * reads `no 5` as a day in May.
 */
const ISO_DATE =
  /^(?<date>(?:\d{4}|[+-]\d{6})-\d\d-(?<day>\d\d))(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

function dateOf(text: string): Date | undefined {
  const { date, day } = ISO_DATE.exec(text)?.groups ?? {};
  // JavaScript reads 30 February as a day in March, so a changed day shows that the date does not exist.
  if (date === undefined || new Date(date).getUTCDate() !== Number(day)) return undefined;
  const found = new Date(text);
  return Number.isNaN(found.getTime()) ? undefined : found;
}

/**
 * Converts plain data to values of a stored type. Accepts the text that {@link withTexts} writes, and values of the
 * type itself; returns `undefined` for anything else.
 */
export const FROM_PLAIN: Readonly<Record<TextType, (plain: unknown) => unknown>> = {
  Guid: (plain) => {
    if (Guid.is(plain)) return plain;
    return typeof plain === 'string' && Guid.isText(plain) ? Guid.parse(plain) : undefined;
  },
  Int64: (plain) => {
    if (typeof plain === 'bigint') return plain;
    if (typeof plain === 'number') return Number.isSafeInteger(plain) ? BigInt(plain) : undefined;
    return typeof plain === 'string' && /^-?[0-9]+$/.test(plain) ? BigInt(plain) : undefined;
  },
  DateTime: (plain) => {
    if (isDate(plain)) return plain;
    return typeof plain === 'string' ? dateOf(plain) : undefined;
  },
  Binary: (plain) => {
    if (isUint8Array(plain)) return plain;
    return typeof plain === 'string' && BASE64.test(plain) ? new Uint8Array(Buffer.from(plain, 'base64')) : undefined;
  },
};
