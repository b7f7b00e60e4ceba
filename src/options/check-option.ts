import { handleRejection, typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';

/**
 * Creates the error for an invalid option or argument. `found` names the kind of value that was passed, never the value
 * itself.
 */
export function invalidOption(option: string, expected: string, found: string): EntitableError {
  return new EntitableError('validation.invalid-option', `${option} takes ${expected}, not ${found}.`, {
    option,
    expected,
    found,
  });
}

/**
 * Creates the error of {@link invalidOption} for a value, which it describes as `null`, as an array, or by its
 * `typeof`.
 */
export function invalidValue(option: string, expected: string, value: unknown): EntitableError {
  return invalidOption(option, expected, value === null ? 'null' : isArray(value) ? 'an array' : typeof value);
}

/** Throws `validation.invalid-option` unless the value is an object. */
export function checkObject(option: string, value: unknown): void {
  if (!isObject(value)) throw invalidValue(option, 'an object', value);
}

/** Returns whether a value is an object, and neither an array nor a revoked proxy. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && isArray(value) === false;
}

/** Returns whether a value is an array. */
export function isList(value: unknown): value is readonly unknown[] {
  return isArray(value) === true;
}

/**
 * Returns whether a value is an object or a function that has the member `name`. Never throws: returns `false` for a
 * revoked proxy.
 */
export function hasMember(value: unknown, name: PropertyKey): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  try {
    return name in value;
  } catch {
    return false;
  }
}

/** Returns whether a value has a method of this name. Never throws: returns `false` for a revoked proxy. */
export function hasMethod(value: unknown, name: PropertyKey): boolean {
  try {
    return typeof (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[name] === 'function';
  } catch {
    return false;
  }
}

/** Returns whether a value is an array; `undefined` for a revoked proxy, for which `Array.isArray` throws. */
function isArray(value: unknown): boolean | undefined {
  try {
    return Array.isArray(value);
  } catch {
    return undefined;
  }
}

/**
 * Calls code that belongs to the program, such as a getter of its options or a function among them, and returns its
 * result. Throws `validation.invalid-option` if that code throws.
 */
export function readOption<V>(option: string, read: () => V): V {
  try {
    return read();
  } catch (error) {
    if (EntitableError.is(error)) throw error;
    throw new EntitableError(
      'validation.invalid-option',
      `${option} cannot be taken: a function or a getter of the program threw, or it is a proxy that did or was revoked. What was thrown is in details.error.`,
      { option, expected: 'what does not throw', found: 'what throws', error },
    );
  }
}

/** All valid names of the options of type `O`. The compiler ensures that none is missing and none is made up. */
export type OptionNames<O> = { readonly [K in keyof O]-?: true };

/** The valid names of some options, for functions that accept options of any type. */
export type KnownNames = Readonly<Record<string, true | undefined>>;

/**
 * Returns the first own property name of `options` that is not in `known`, even if the value of the property is
 * `undefined`. Returns `undefined` if all names are known.
 */
export function unknownNameIn(options: object, known: KnownNames): string | undefined {
  for (const name in options) {
    if (known[name] !== true && Object.hasOwn(options, name)) return name;
  }
  return undefined;
}

/** Returns the advice for an unknown name: the known name that is most similar to it, if any, and all known names. */
export function adviceFor(unknown: string, known: KnownNames): string {
  const names = Object.keys(known);
  const nearest = nearestOf(unknown.toLowerCase(), names);
  return `${nearest === undefined ? '' : `Did you mean ${nearest}? `}The known names are ${names.join(', ')}.`;
}

/**
 * Refuses options with an unknown name. A misspelt option would otherwise be ignored silently. Throws
 * `validation.invalid-option`.
 *
 * @param of - The object that the options belong to, for the message.
 */
export function checkNames(options: object, known: KnownNames, of?: string): void {
  const unknown = readOption(of ?? 'options', () => {
    void Object.values(options); // calls every getter once, so that later reads need not expect one to throw
    return unknownNameIn(options, known);
  });
  if (unknown === undefined) return;
  const message = of === undefined ? `There is no option "${unknown}" here.` : `There is no "${unknown}" in ${of}.`;
  throw new EntitableError('validation.invalid-option', `${message} ${adviceFor(unknown, known)}`, {
    option: unknown,
    expected: `one of ${Object.keys(known).join(', ')}`,
    found: 'an unknown name',
  });
}

/**
 * Returns the known name that differs from an unknown one by the fewest letters, if these are few enough for a typing
 * error or one name contains the other.
 */
function nearestOf(unknown: string, names: readonly string[]): string | undefined {
  const distances = names.map((name) => {
    const lower = name.toLowerCase();
    const holds = unknown.length > 2 && (lower.includes(unknown) || unknown.includes(lower));
    const most = Math.ceil(Math.max(lower.length, unknown.length) / 3);
    const changes = changesBetween(unknown, lower);
    return { name, changes: changes <= most || holds ? changes : Number.POSITIVE_INFINITY };
  });
  const [first] = distances.toSorted((a, b) => a.changes - b.changes);
  return first === undefined || first.changes === Number.POSITIVE_INFINITY ? undefined : first.name;
}

/**
 * Returns the number of letters to insert, remove or change to turn one text into another (the Levenshtein distance).
 */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let index = 1; index <= to.length; index++) {
      const changed = row[index - 1]! + (from[at - 1] === to[index - 1] ? 0 : 1);
      next.push(Math.min(changed, row[index]! + 1, next[index - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

/**
 * Checks the result of a function that the program supplied and that must be synchronous, and returns it. Throws
 * `validation.invalid-option` if the result is a promise.
 */
export function atOnce<V>(given: V, name: string): V {
  if (!(given instanceof Promise)) return given;
  handleRejection(given);
  throw invalidOption(name, 'a function that answers at once', 'one that gives a promise');
}

/**
 * Creates the error for an invalid option. Its details name the kind of value that was found, never the value itself;
 * its message states only what is expected.
 */
export function refusedOption(option: string, expected: string, found: unknown): EntitableError {
  const kind = isList(found) ? `a list of ${found.length}` : typeName(found);
  return new EntitableError('validation.invalid-option', `${option} takes ${expected}.`, {
    option,
    expected,
    found: kind,
  });
}

/**
 * Throws `validation.invalid-option` unless the value is a whole number from `least` to `most`; otherwise returns it.
 */
export function checkCount(option: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const expected =
    most === Number.MAX_SAFE_INTEGER ? `a whole number, at least ${least}` : `a whole number from ${least} to ${most}`;
  const found = typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value;
  throw invalidOption(option, expected, found);
}

/**
 * Returns a value that is one of the given choices, narrowed to their type. Throws `validation.invalid-option` for any
 * other value, because JavaScript code can pass anything.
 */
export function checkChoice<const C extends string>(option: string, value: unknown, choices: readonly C[]): C {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const expected = choices.map((choice) => `'${choice}'`).join(' or ');
  throw invalidOption(
    option,
    expected,
    typeof value === 'string' ? 'another string' : value === null ? 'null' : typeof value,
  );
}
