import type { ErrorCode, ErrorDetails } from './error-details.js';
import { hideDetails } from './hidden-details.js';

const BRAND: unique symbol = Symbol.for('entitable/EntitableError') as never;

/** What the codes of a group begin with: `'store.'`, `'key.'`, … */
export type ErrorGroup = ErrorCode extends infer C
  ? C extends `${infer Group}.${string}`
    ? `${Group}.`
    : never
  : never;

/** The codes that a code, or a group of them, stands for. */
export type CodesOf<P extends ErrorCode | ErrorGroup> = P extends ErrorGroup ? Extract<ErrorCode, `${P}${string}`> : P;

/** An error of one code; a union of codes gives a union of errors, so that `code` narrows `details`. */
export type EntitableErrorOf<C extends ErrorCode> = { [K in C]: EntitableError<K> }[C];

/**
 * The only error class this package throws. Tell errors apart by {@link code}; `docs/errors.md` explains each.
 *
 * ```ts
 * try { await orders.insert(order); }
 * catch (error) { if (!EntitableError.is(error, 'store.already-exists')) throw error; }
 * ```
 */
export class EntitableError<C extends ErrorCode = ErrorCode> extends Error {
  /**
   * Recognises an error by its code, `'store.not-found'`, or by the group of it, which ends in a dot: `'store.'`; without either, any
   * error of this package. Also one that another copy of this package has thrown.
   */
  static is<const P extends ErrorCode | ErrorGroup>(
    error: unknown,
    code: P | undefined,
  ): error is EntitableErrorOf<CodesOf<P>>;
  /** Recognises any error of this package. */
  static is(error: unknown): error is EntitableErrorOf<ErrorCode>;
  static is(error: unknown, code?: string): boolean {
    if (!isBranded(error)) return false;
    if (code === undefined) return true;
    const own: string = (error as EntitableError).code;
    return own === code || (typeof code === 'string' && code.endsWith('.') && own.startsWith(code));
  }

  /** @internal Declared only: a field would be enumerable, and so shown by every log. */
  declare readonly [BRAND]: true;
  /** What `toString` and logs call it. */
  override readonly name = 'EntitableError';
  /** What happened, e.g. `store.already-exists`. */
  readonly code: C;
  /** What is known of it, typed by the code. What may hold values of properties is read by its name, and shown by nothing. */
  readonly details: ErrorDetails[C];

  constructor(code: C, message: string, details: ErrorDetails[C], options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, BRAND, { value: true });
    this.code = code;
    this.details = hideDetails(details);
  }
}

/** Anything may be thrown, a proxy too that throws in its turn. */
function isBranded(error: unknown): boolean {
  try {
    return error instanceof Error && BRAND in error;
  } catch {
    return false;
  }
}
