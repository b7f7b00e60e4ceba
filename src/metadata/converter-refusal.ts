/**
 * Why a converter refused a value, in its own words; `undefined` when they are not for a message. A converter says so by a `TypeError`
 * or a `RangeError`, but the language throws those too, and may quote: `BigInt(1.5)` is a `RangeError` that holds the number.
 */
export function refusalReason(error: unknown, value: unknown): string | undefined {
  if (!(error instanceof TypeError || error instanceof RangeError)) return undefined;
  return quotes(error.message, textOf(value)) ? undefined : error.message;
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
      return String(value);
    default:
      return '';
  }
}

/** Whether a message holds a text as a word of its own: "at most 10" does not quote 1. */
function quotes(message: string, text: string): boolean {
  if (text === '') return false;
  for (let at = message.indexOf(text); at !== -1; at = message.indexOf(text, at + 1)) {
    const around = [message.charAt(at - 1), message.charAt(at + text.length)];
    if (!around.some((character) => /\w/.test(character))) return true;
  }
  return false;
}
