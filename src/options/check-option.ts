import { handleRejection, typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';

/** The error of an option or an argument that is not what it must be; `found` tells of what kind it is, and never the value itself. */
export function invalidOption(option: string, expected: string, found: string): EntitableError {
  return new EntitableError('validation.invalid-option', `${option} takes ${expected}, not ${found}.`, {
    option,
    expected,
    found,
  });
}

/** The same, of a value: whether it is `null` or an array, else its type. */
export function invalidValue(option: string, expected: string, value: unknown): EntitableError {
  return invalidOption(option, expected, value === null ? 'null' : isArray(value) ? 'an array' : typeof value);
}

/** Refuses what is no object. */
export function checkObject(option: string, value: unknown): void {
  if (!isObject(value)) throw invalidValue(option, 'an object', value);
}

/** Whether a value is an object that can be read, and no array. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && isArray(value) === false;
}

/** Whether a value is an array. */
export function isList(value: unknown): value is readonly unknown[] {
  return isArray(value) === true;
}

/** Whether a value is an object, or a function, that has a member; whoever reads one that cannot be read tells what is wrong with it. */
export function hasMember(value: unknown, name: PropertyKey): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  try {
    return name in value;
  } catch {
    return false;
  }
}

/** Whether a value has a method; whoever calls one of what cannot be read tells what is wrong with it. */
export function hasMethod(value: unknown, name: PropertyKey): boolean {
  try {
    return typeof (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[name] === 'function';
  } catch {
    return false;
  }
}

/** `undefined` for a proxy that was revoked: the language has no answer. */
function isArray(value: unknown): boolean | undefined {
  try {
    return Array.isArray(value);
  } catch {
    return undefined;
  }
}

/** What code of the program gives: a getter of its options, or a function among them. Throws `validation.invalid-option` for what that throws. */
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

/** Every name that options of a type may have: the compiler sees to it that none is left out and none is made up. */
export type OptionNames<O> = { readonly [K in keyof O]-?: true };

/** The names of some options, whatever their type. */
export type KnownNames = Readonly<Record<string, true | undefined>>;

/** The first own name of an object that is not known, if there is one; also where its value is `undefined`. */
export function unknownNameIn(options: object, known: KnownNames): string | undefined {
  for (const name in options) {
    if (known[name] !== true && Object.hasOwn(options, name)) return name;
  }
  return undefined;
}

/** What to write in the place of an unknown name: the nearest one that is known, and all of them. */
export function adviceFor(unknown: string, known: KnownNames): string {
  const names = Object.keys(known);
  const nearest = nearestOf(unknown.toLowerCase(), names);
  return `${nearest === undefined ? '' : `Did you mean ${nearest}? `}The known names are ${names.join(', ')}.`;
}

/**
 * Refuses options with a name that is not known: what is spelled wrongly would be left out in silence. Throws `validation.invalid-option`.
 *
 * @param of - What the options belong to, for the message.
 */
export function checkNames(options: object, known: KnownNames, of?: string): void {
  const unknown = readOption(of ?? 'options', () => {
    void Object.values(options); // whoever reads one of them later need not see to what its getter throws
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

/** The name with the fewest changes, where these are few enough for a slip; or one that holds the other whole. */
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

/** How many letters must be put in, taken away or changed to make one text of another (Levenshtein). */
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

/** What a program's own function gave, where it must answer at once. Throws `validation.invalid-option` for a promise. */
export function atOnce<V>(given: V, name: string): V {
  if (!(given instanceof Promise)) return given;
  handleRejection(given);
  throw invalidOption(name, 'a function that answers at once', 'one that gives a promise');
}

/** The error of an option that is not what it must be: it tells the kind of value that was found, never the value. */
export function refusedOption(option: string, expected: string, found: unknown): EntitableError {
  const kind = isList(found) ? `a list of ${found.length}` : typeName(found);
  return new EntitableError('validation.invalid-option', `${option} takes ${expected}.`, {
    option,
    expected,
    found: kind,
  });
}

/** Refuses a count that is no whole number of a range. */
export function checkCount(option: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const expected =
    most === Number.MAX_SAFE_INTEGER ? `a whole number, at least ${least}` : `a whole number from ${least} to ${most}`;
  const found = typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value;
  throw invalidOption(option, expected, found);
}

/** Refuses what is none of some words, and returns it typed; JavaScript may pass anything. Throws `validation.invalid-option`. */
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
