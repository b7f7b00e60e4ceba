import { typeName } from '../errors/type-name.js';
import { atOnce } from '../options/check-option.js';
import { EntitableError } from '../errors/entitable-error.js';
import { refusalReason, refusesType, wrongType, type AnyConverter } from './converter.js';
import {
  characterName,
  checkKeyText,
  escapeOrdered,
  escapePart,
  forbiddenCharacter,
  unescapeOrdered,
  unescapePart,
} from './key-text.js';

/** One property that a key is composed of. */
export interface KeyPartMetadata {
  /** The property's name in the class. */
  readonly name: string;
  /** Converts the property to the text of the part; without a converter, the property must be a string. */
  readonly converter?: AnyConverter | undefined;
}

/**
 * Describes the composition of one of the two keys: constant texts and parts alternate, beginning and ending with a
 * text.
 */
export interface KeyTemplate {
  /** The key that the template composes. */
  readonly key: 'PartitionKey' | 'RowKey';
  /** The name of the class, for messages. */
  readonly className: string;
  /** The template as declared, e.g. `TENANT|{tenantId}|{stream}`. */
  readonly text: string;
  /** The constant texts before each part and after the last one: one more than there are parts. */
  readonly literals: readonly string[];
  /** The properties that the key is composed of, in order. */
  readonly parts: readonly KeyPartMetadata[];
  /** True for a key that is one property without a template: its text is the key, unescaped. */
  readonly plain: boolean;
  /** True in the keys of an index, whose parts end with a space and sort like their texts. */
  readonly ordered?: boolean | undefined;
  /** In the keys of an index: the class and the name of the index, for messages. */
  readonly index?: { readonly className: string; readonly name: string } | undefined;
}

/** Returns the stored text of one part, escaped as its position in the template requires. Throws `key.*`. */
export function partText(template: KeyTemplate, index: number, value: unknown): string {
  const part = template.parts[index]!;
  const text = convertedText(template, part, value);
  if (template.plain) {
    checkKeyText(template, text, part.name);
    return text;
  }
  if (!text.isWellFormed()) {
    checkKeyText(template, text, part.name);
  }
  return escapedPart(template, index, text);
}

/** Returns the text of one part as its position in the template requires it to be escaped. */
export function escapedPart({ plain, ordered, literals }: KeyTemplate, index: number, text: string): string {
  if (plain) return text;
  return ordered === true ? escapeOrdered(text) : escapePart(text, literals[index + 1]!);
}

/**
 * Composes the key of an entity, or of an object with its key properties. Throws `key.*`. Does not check the length,
 * whose limit depends on the store.
 */
export function composeKey(template: KeyTemplate, source: object): string {
  const { literals, parts } = template;
  let key = literals[0]!;
  for (let index = 0; index < parts.length; index++) {
    key += partText(template, index, (source as Record<string, unknown>)[parts[index]!.name]) + literals[index + 1]!;
  }
  return key;
}

/**
 * Parses a stored key into the values of the template's parts, in order. Throws `key.unparsable` if the template cannot
 * produce this key.
 */
export function parseKey(template: KeyTemplate, key: string): readonly unknown[] {
  const values = tryParseKey(template, key);
  if (values === undefined) {
    const { className, text } = template;
    throw new EntitableError(
      'key.unparsable',
      `The stored ${template.key} "${key}" is none that the template "${text}" of ${className} yields. ` +
        'Another class, or another program, wrote this row: give its rows a template of their own, or read them with a class that fits.',
      { className, key: template.key, template: text },
    );
  }
  return values;
}

/** Returns whether a stored key can have been made by a template. */
export function isKeyOf(template: KeyTemplate, key: string): boolean {
  return tryParseKey(template, key) !== undefined;
}

function tryParseKey(template: KeyTemplate, key: string): readonly unknown[] | undefined {
  const { literals, parts } = template;
  if (!key.startsWith(literals[0]!)) return undefined;
  const values: unknown[] = [];
  let at = literals[0]!.length;
  for (let index = 0; index < parts.length; index++) {
    const next = literals[index + 1]!;
    const read = readPart(template, key, at, next);
    if (read === undefined || !key.startsWith(next, read.end)) return undefined;
    at = read.end + next.length;
    try {
      values.push(atOnce(parts[index]!.converter?.fromStored(read.text), 'fromStored') ?? read.text);
    } catch {
      return undefined; // a converter rejected the text: the template cannot produce this key
    }
  }
  return at === key.length ? values : undefined;
}

function readPart(
  { plain, ordered }: KeyTemplate,
  key: string,
  at: number,
  next: string,
): ReturnType<typeof unescapePart> {
  if (plain) return { text: key, end: key.length };
  return ordered === true ? unescapeOrdered(key, at) : unescapePart(key, at, next);
}

function convertedText(template: KeyTemplate, { name, converter }: KeyPartMetadata, value: unknown): string {
  if (converter === undefined && typeof value === 'string') return value;
  const at = { className: template.className, key: template.key, property: name };
  const where = `${template.className}.${name}`;
  if (value === undefined || value === null) {
    throw new EntitableError(
      'key.missing-part',
      `${where} is ${value === null ? 'null' : 'undefined'}, and the ${template.key} is composed of it. Give it a value.`,
      at,
    );
  }
  if (converter === undefined) {
    const found = typeof value;
    throw new EntitableError(
      'key.wrong-type',
      `${where} is part of the ${template.key} and must be a string, not ${found}. Convert it, or give the key a converter.`,
      { ...at, expected: 'string', found },
    );
  }
  try {
    const text: unknown = atOnce(converter.toStored(value), 'toStored');
    if (typeof text === 'string') return text;
    throw wrongType(`its converter must return a string, not ${typeName(text)}`);
  } catch (cause) {
    throw keyConversionError(where, at, value, cause);
  }
}

function keyConversionError(
  where: string,
  at: { readonly className: string; readonly key: 'PartitionKey' | 'RowKey'; readonly property: string },
  value: unknown,
  cause: unknown,
): EntitableError {
  const reason = refusalReason(cause) ?? 'its converter refused it';
  return refusesType(cause)
    ? new EntitableError('key.wrong-type', `${where} cannot be part of the ${at.key}: ${reason}.`, {
        ...at,
        expected: reason,
        found: typeName(value),
        error: cause,
      })
    : new EntitableError('key.out-of-range', `${where} cannot be part of the ${at.key}: ${reason}.`, {
        ...at,
        value,
        error: cause,
      });
}

type TemplateHead = Pick<KeyTemplate, 'key' | 'className'>;

/** Returns the template of a key that is the unchanged text of one property. */
export function plainTemplate(head: TemplateHead, part: KeyPartMetadata): KeyTemplate {
  return Object.freeze({
    ...head,
    text: `{${part.name}}`,
    literals: Object.freeze(['', '']),
    parts: Object.freeze([part]),
    plain: true,
  });
}

/** Parses a template. Passes every mistake to `report`; the result may be used only if there was none. */
export function parseTemplate(
  head: TemplateHead,
  text: string,
  parts: ReadonlyMap<string, KeyPartMetadata>,
  report: (problem: string) => void,
): KeyTemplate {
  const pieces = text.split(/\{([^{}]*)\}/);
  const literals = pieces.filter((_, index) => index % 2 === 0);
  const names = pieces.filter((_, index) => index % 2 === 1);
  const option = head.key === 'PartitionKey' ? 'partitionKey' : 'rowKey';
  const problem = (reason: string): void => report(`${option}: '${text}' ${reason}`);

  if (text === '') problem('is empty: name a key property in braces, or give the key a constant text');
  for (const [index, literal] of literals.entries()) {
    const character = forbiddenCharacter(literal) ?? /[~{}]/.exec(literal)?.[0];
    if (character !== undefined) {
      problem(
        `holds ${characterName(character)} outside its placeholders, where neither / \\ # ? ~ { } nor a control character can stand`,
      );
    } else if (!literal.isWellFormed()) {
      problem('holds half of a surrogate pair');
    } else if (literal === '' && index > 0 && index < names.length) {
      problem(`has nothing between {${names[index - 1]}} and {${names[index]}}: separate them, e.g. with |`);
    }
  }
  for (const [index, name] of names.entries()) {
    if (!parts.has(name))
      problem(`names {${name}}, which is no ${option === 'rowKey' ? '@RowKey' : '@PartitionKey'} property`);
    if (names.indexOf(name) !== index) problem(`names {${name}} twice`);
  }
  for (const name of parts.keys()) {
    if (!names.includes(name)) problem(`leaves out {${name}}: a key that leaves out a part could not be read back`);
  }
  return Object.freeze({
    ...head,
    text,
    literals: Object.freeze(literals),
    parts: Object.freeze(names.map((name) => parts.get(name) ?? { name })),
    plain: false,
  });
}
