import type { ErrorCode, ErrorDetails } from './error-details.js';
import { hideDetails } from './hidden-details.js';

const BRAND: unique symbol = Symbol.for('entitable/EntitableError') as never;

/** The codes a code, or the beginning of one, stands for. */
export type CodesOf<P extends string> = Extract<ErrorCode, `${P}${string}`>;

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
  /** Recognises an error by its code or the beginning of it, also one thrown by another copy of this package. */
  static is<const P extends string = ''>(error: unknown, code: P = '' as P): error is EntitableErrorOf<CodesOf<P>> {
    return error instanceof Error && BRAND in error && (error as EntitableError).code.startsWith(code);
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
