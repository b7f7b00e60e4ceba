const OWN = Symbol.for('entitable/refusal');

/** What a converter of this package throws for a value of another type; its words never hold the value, so messages may show them. */
export function wrongType(message: string, options?: ErrorOptions): TypeError {
  return own(new TypeError(message, options));
}

/** What a converter of this package throws for a value that it cannot store; its words never hold the value, so messages may show them. */
export function outOfRange(message: string): RangeError {
  return own(new RangeError(message));
}

/**
 * Why a converter refused a value; `undefined` when its words are not for a message. Anybody else's may quote the value, and so may the
 * language's: `BigInt(1.5)` throws a `RangeError` that holds the number.
 */
export function refusalReason(error: unknown): string | undefined {
  return error instanceof Error && OWN in error ? error.message : undefined;
}

function own<E extends Error>(error: E): E {
  return Object.defineProperty(error, OWN, { value: true });
}
