import { EntitableError } from '../errors/entitable-error.js';

const ANOTHER_TYPE = 'another type';
const OWN = Symbol.for('entitable/refusal');

/** What a converter of this package throws for a value of another type; its words never hold the value, so messages may show them. */
export function wrongType(message: string, options?: ErrorOptions): EntitableError {
  return refusal(message, ANOTHER_TYPE, options);
}

/** What a converter of this package throws for a value that it cannot store; its words never hold the value, so messages may show them. */
export function outOfRange(message: string): EntitableError {
  return refusal(message, 'another value');
}

/**
 * Why a converter refused a value; `undefined` when its words are not for a message. Anybody else's may quote the value, and so may the
 * language's: `BigInt(1.5)` throws a `RangeError` that holds the number.
 */
export function refusalReason(error: unknown): string | undefined {
  return error instanceof Error && OWN in error ? error.message : undefined;
}

/** Whether a converter refused a value for its type, as a `TypeError` says of anybody's converter. */
export function refusesType(error: unknown): boolean {
  const isOwn = EntitableError.is(error, 'validation.invalid-option') && OWN in error;
  return isOwn ? error.details.found === ANOTHER_TYPE : error instanceof TypeError;
}

function refusal(message: string, found: string, options?: ErrorOptions): EntitableError {
  const error = new EntitableError(
    'validation.invalid-option',
    message,
    { option: 'value', expected: message, found },
    options,
  );
  return Object.defineProperty(error, OWN, { value: true });
}
