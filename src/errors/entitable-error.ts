import type { ErrorCode, ErrorDetails } from './error-details.js';
import { hideDetails } from './hidden-details.js';

const BRAND: unique symbol = Symbol.for('entitable/EntitableError') as never;

/** A group of error codes, by the prefix they share: `'store.'`, `'key.'`, … */
export type ErrorGroup = ErrorCode extends infer C
  ? C extends `${infer Group}.${string}`
    ? `${Group}.`
    : never
  : never;

/** The codes that a code or a group of codes includes. */
export type CodesOf<P extends ErrorCode | ErrorGroup> = P extends ErrorGroup ? Extract<ErrorCode, `${P}${string}`> : P;

/** An error with one code. A union of codes makes a union of errors, so that a check of `code` narrows `details`. */
export type EntitableErrorOf<C extends ErrorCode> = { [K in C]: EntitableError<K> }[C];

/**
 * The only error class that this package throws. Tell errors apart by their {@link code}; `docs/errors.md` explains
 * each code.
 *
 * ```ts
 * try { await orders.insert(order); }
 * catch (error) { if (!EntitableError.is(error, 'store.already-exists')) throw error; }
 * ```
 */
export class EntitableError<C extends ErrorCode = ErrorCode> extends Error {
  /**
   * Returns whether an error has a code, such as `'store.not-found'`, or any code of a group, such as `'store.'`, which
   * ends with a dot. Without a code or group, returns whether it is any error of this package. Recognises errors of
   * another copy of this package as well.
   */
  static is<const P extends ErrorCode | ErrorGroup>(
    error: unknown,
    code: P | undefined,
  ): error is EntitableErrorOf<CodesOf<P>>;
  /** Returns whether an error is any error of this package. */
  static is(error: unknown): error is EntitableErrorOf<ErrorCode>;
  static is(error: unknown, code?: string): boolean {
    if (!isBranded(error)) return false;
    if (code === undefined) return true;
    const own: string = (error as EntitableError).code;
    return own === code || (typeof code === 'string' && code.endsWith('.') && own.startsWith(code));
  }

  /** @internal Declared without being a field: a real field would be enumerable, and every log would show it. */
  declare readonly [BRAND]: true;
  /** The name in `toString` and in logs. */
  override readonly name = 'EntitableError';
  /** The kind of error, e.g. `store.already-exists`. */
  readonly code: C;
  /**
   * Further information, whose type depends on the code. Details that may hold property values can be read by their
   * names, but logs, `inspect` and JSON do not show them.
   */
  readonly details: ErrorDetails[C];

  constructor(code: C, message: string, details: ErrorDetails[C], options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, BRAND, { value: true });
    this.code = code;
    this.details = hideDetails(details);
  }
}

/**
 * Returns whether a value is an error of this package. Never throws, although the value may be anything that a program
 * has thrown, even a proxy whose traps throw.
 */
function isBranded(error: unknown): boolean {
  try {
    return error instanceof Error && BRAND in error;
  } catch {
    return false;
  }
}
