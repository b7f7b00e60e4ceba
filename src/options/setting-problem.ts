const QUOTE = /^\s*["'`\u2018\u2019\u201c\u201d]|["'`\u2018\u2019\u201c\u201d]\s*$/;
const UNREPLACED = /^(?:\$\{?\w|%\w+%$|\{\{|<[^>]*>$|@Microsoft\.KeyVault\()/i;

/**
 * Describes what is wrong with a text that comes from a setting: the typical mistakes of environment variables, files
 * and shells, which can be recognised before the text is parsed. The description never quotes the text, except for
 * words such as `undefined` that took its place. Returns `undefined` if there is no such mistake.
 *
 * @param it The name of the text in the message, e.g. `The endpoint`.
 */
export function settingProblem(it: string, text: unknown): string | undefined {
  if (text === undefined || text === null) {
    return `${it} is ${text}: the variable or the setting that it comes from is missing. Set it, or give another value in its place.`;
  }
  if (typeof text !== 'string') return undefined;
  if (text.trim() === '') return `${it} is empty: the variable or the setting that it comes from has no value.`;
  if (/^(?:undefined|null|NaN|\[object \w+\])$/.test(text)) {
    return `${it} says "${text}": something that is missing, or is no text, was made a text.`;
  }
  if (QUOTE.test(text)) {
    return `${it} has quotation marks around it, which docker --env-file and others keep: take them away where it is set.`;
  }
  if (text !== text.trim()) {
    return `${it} has white space around it, such as the line break at the end of a file: trim it.`;
  }
  if (UNREPLACED.test(text)) {
    return `${it} is a placeholder that nothing has replaced: see to what should put the value in its place.`;
  }
  return undefined;
}
