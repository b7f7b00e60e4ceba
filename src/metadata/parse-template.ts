import { forbiddenCharacter, characterName } from './key-text.js';
import type { KeyPartMetadata, KeyTemplate } from './key-template.js';

type TemplateHead = Pick<KeyTemplate, 'key' | 'className'>;

/** The template of a key that is one property's text as it is. */
export function plainTemplate(head: TemplateHead, part: KeyPartMetadata): KeyTemplate {
  return Object.freeze({
    ...head,
    text: `{${part.name}}`,
    literals: Object.freeze(['', '']),
    parts: Object.freeze([part]),
    plain: true,
  });
}

/** Reads a template; every problem is told to `report`, and the result is to be used only when there was none. */
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
