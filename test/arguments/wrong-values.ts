import { data, isData, Note } from './subject.js';

/**
 * The values that a JavaScript program may pass by mistake. Each is created anew for every call, because a call may
 * record or change it.
 */
const WRONG: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  zero: () => 0,
  'a negative number': () => -1.5,
  NaN: () => Number.NaN,
  'a bigint': () => 5n,
  'a text': () => 'text',
  'an empty text': () => '',
  'a symbol': () => Symbol('symbol'),
  'an array': () => [],
  'an array of undefined': () => [undefined],
  'an array of null': () => [null],
  'an array of texts': () => ['text'],
  'an object': () => ({}),
  'an object without a prototype': () => Object.create(null) as object,
  'an object with strange members': () => ({ constructor: undefined, toString: 5, length: -1 }),
  'a date that is none': () => new Date(Number.NaN),
  'a function': () => () => undefined,
  'a class': () => Note,
  'an object whose members throw': () => new Proxy({}, THROWING),
  'a proxy that was revoked': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
};

/** An error that only code of the program throws, when the library calls that code unknowingly. */
class HostileError extends Error {
  override readonly name = 'HostileError';
}

function hostile(): never {
  throw new HostileError('hunter2');
}

const THROWING: ProxyHandler<object> = {
  get: hostile,
  set: hostile,
  has: hostile,
  ownKeys: hostile,
  getOwnPropertyDescriptor: hostile,
  defineProperty: hostile,
};

/** One way to pass wrong arguments. */
export interface Variation {
  readonly title: string;
  /** Creates wrong arguments from valid ones. */
  readonly vary: (args: readonly unknown[]) => readonly unknown[];
}

/**
 * Returns the variations of valid arguments: no arguments at all, then each argument, and each member of an argument
 * that is a plain object, replaced by every invalid value.
 */
export function variationsOf(sample: readonly unknown[]): readonly Variation[] {
  const none: Variation = { title: 'no arguments', vary: () => [] };
  return [none, ...sample.flatMap((right, index) => [...wholes(index), ...members(right, index)])];
}

function wholes(index: number): readonly Variation[] {
  return Object.entries(WRONG).map(([title, wrong]) => ({
    title: `argument ${index + 1}: ${title}`,
    vary: (args) => args.with(index, wrong()),
  }));
}

function members(right: unknown, index: number): readonly Variation[] {
  if (!isPlain(right)) return [];
  return Object.keys(right).flatMap((name) => [
    ...Object.entries(WRONG).map(([title, wrong]) => ({
      title: `argument ${index + 1}, ${name}: ${title}`,
      vary: (args: readonly unknown[]) => args.with(index, { ...(args[index] as object), [name]: wrong() }),
    })),
    {
      title: `argument ${index + 1}, ${name}: a getter that throws`,
      vary: (args: readonly unknown[]) => args.with(index, withHostile(args[index] as object, name)),
    },
  ]);
}

/** Returns a copy of an object with one member replaced by a getter that throws. */
function withHostile(right: object, name: string): object {
  const copy = { ...right };
  const marked = isData(right) ? data(copy) : copy;
  return Object.defineProperty(marked, name, { get: hostile, enumerable: true, configurable: true });
}

/** Returns the variations in which one options object has an additional, unknown name. */
export function unknownNames(sample: readonly unknown[]): readonly Variation[] {
  return sample.flatMap((right, index) =>
    isPlain(right) && !isData(right)
      ? [
          {
            title: `argument ${index + 1}`,
            vary: (args: readonly unknown[]) =>
              args.with(index, { ...(args[index] as object), unknownName: undefined }),
          },
        ]
      : [],
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
