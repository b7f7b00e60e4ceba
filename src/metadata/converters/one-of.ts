import { typeName } from '../../errors/type-name.js';
import type { EntitableError } from '../../errors/entitable-error.js';
import { invalidOption, readOption } from '../../options/check-option.js';
import { outOfRange, type Converter } from '../converter.js';

/**
 * Stores one of the given strings as a String, and rejects any other string when it is written or read.
 *
 * @example
 * ```ts
 * @Property({ converter: oneOf('open', 'shipped') }) status!: 'open' | 'shipped';
 * ```
 */
export function oneOf<const V extends string>(...values: readonly [V, ...V[]]): Converter<V, 'String'> {
  const wrong = values.findIndex((value) => typeof value !== 'string');
  if (wrong >= 0 || values.length === 0) {
    throw invalidOption('oneOf', 'one string or more', wrong < 0 ? 'none' : typeName(values[wrong]));
  }
  return restricted('String', values, 'preserved');
}

/** An enum as TypeScript compiles it: names mapped to values, and for numeric enums also values mapped to names. */
export type EnumObject = Readonly<Record<string, string | number>>;

/**
 * Stores the values of a string enum as a String and those of a numeric enum as an Int32. Rejects any other value when
 * it is written or read.
 */
export function enumOf<const E extends EnumObject>(
  enumeration: E,
): Converter<E[keyof E], E[keyof E] extends string ? 'String' : 'Int32'> {
  if (typeof enumeration !== 'object' || enumeration === null) throw noEnum(typeName(enumeration));
  // A numeric enum also maps its values back to names. Those entries are not values.
  const values = readOption('enumOf', () =>
    Object.keys(enumeration)
      .filter((name) => !isReverse(enumeration, name))
      .map((name) => enumeration[name]!),
  );
  const kind = values.every((value) => typeof value === 'string')
    ? 'String'
    : values.every((value) => typeof value === 'number' && Number.isInteger(value))
      ? 'Int32'
      : undefined;
  if (kind === undefined || values.length === 0) {
    throw noEnum(values.length === 0 ? 'an object without values' : 'other values');
  }
  return restricted(kind, values, 'preserved') as unknown as Converter<
    E[keyof E],
    E[keyof E] extends string ? 'String' : 'Int32'
  >;
}

/** Returns whether an entry of an enum maps a value back to its name. */
function isReverse(enumeration: EnumObject, name: string): boolean {
  const value: unknown = enumeration[name];
  return typeof value === 'string' && typeof enumeration[value] === 'number';
}

function noEnum(found: string): EntitableError {
  return invalidOption('enumOf', 'an enum whose values are all strings, or all integers', found);
}

function restricted<V extends string | number, E extends 'String' | 'Int32'>(
  type: E,
  values: readonly V[],
  order: 'preserved',
): Converter<V, E> {
  const known: ReadonlySet<unknown> = new Set(values);
  const check = (value: unknown): never | V => {
    if (!known.has(value)) throw outOfRange(`it must be one of ${values.map((v) => JSON.stringify(v)).join(', ')}`);
    return value as V;
  };
  return Object.freeze({ type, order, toStored: check, fromStored: check }) as unknown as Converter<V, E>;
}
