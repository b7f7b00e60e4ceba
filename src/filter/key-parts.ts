import { EntitableError } from '../errors/entitable-error.js';
import type { KeyTemplate } from '../metadata/key-template.js';
import { comparison, junction, type FilterNode } from '../store/filter-node.js';
import type { KeyRange } from '../store/table-store.js';
import type { PartTest } from './bind.js';
import { keysBy, keysFrom, onlyKey, outside, rangeComparisons, successor } from './key-range.js';

/** The texts of key parts that equality tests fix, by template and index of the part. */
export type KnownParts = ReadonlyMap<KeyTemplate, readonly (string | undefined)[]>;

/** Returns `known` together with the texts of the parts that the `eq` tests among `tests` fix. */
export function withEqualities(known: KnownParts, tests: readonly PartTest[]): KnownParts {
  const equalities = tests.filter(({ operator, template }) => operator === 'eq' && !template.plain);
  if (equalities.length === 0) return known;
  const all = new Map(known);
  for (const { template, index, text } of equalities) {
    const texts = [...(all.get(template) ?? template.parts.map(() => undefined))];
    texts[index] ??= text;
    all.set(template, texts);
  }
  return all;
}

/**
 * Translates a test of a key part to comparisons of the whole key. Returns `'copy'` if the test must be applied to the
 * property that also stores the part, `true` if all keys match, and `false` if none does.
 *
 * The result is valid only for keys that match the template and whose fixed parts have the values in `known`.
 *
 * @throws EntitableError `query.not-expressible` if no key range expresses the test.
 */
export function partFilter(test: PartTest, known: KnownParts): FilterNode | boolean | 'copy' {
  const { template, operator, text } = test;
  if (template.plain) return plainFilter(template, operator, text);
  const prefix = knownPrefix(test, known);
  const range = prefix === undefined ? undefined : partRange(test, prefix);
  if (range !== undefined) {
    if (range === 'none') return false;
    return operator === 'ne' ? (outside(template.key, range) ?? false) : allOf(template, range);
  }
  if (test.copy !== undefined) return 'copy';
  throw notExpressible(test);
}

function plainFilter({ key }: KeyTemplate, operator: PartTest['operator'], text: string): FilterNode | boolean {
  if (operator !== 'startsWith') return comparison(key, operator, { type: 'String', value: text });
  const comparisons = rangeComparisons(key, keysFrom(text));
  return comparisons.length === 0 || junction('and', comparisons);
}

function allOf({ key }: KeyTemplate, range: KeyRange): FilterNode | boolean {
  const comparisons = rangeComparisons(key, range);
  return comparisons.length === 0 || junction('and', comparisons);
}

/** Returns the text that precedes the tested part in a key; `undefined` unless all parts before it are known. */
function knownPrefix({ template, index }: PartTest, known: KnownParts): string | undefined {
  const texts = known.get(template);
  let prefix = template.literals[0]!;
  for (let before = 0; before < index; before++) {
    const text = texts?.[before];
    if (text === undefined) return undefined;
    prefix += text + template.literals[before + 1]!;
  }
  return prefix;
}

/**
 * Returns the range of keys with this prefix that pass the test or, if the operator is `ne`, that fail it. Returns
 * `'none'` if there are no such keys, and `undefined` if they are not one range.
 */
function partRange({ template, index, operator, text }: PartTest, prefix: string): KeyRange | 'none' | undefined {
  const next = template.literals[index + 1]!;
  const last = index === template.parts.length - 1;
  switch (operator) {
    case 'eq':
    case 'ne':
      return last ? onlyKey(prefix + text + next) : keysFrom(prefix + text + next);
    case 'startsWith':
      return text === '' ? {} : keysFrom(prefix + text);
    default:
      break;
  }
  if (!sortsInKey(template, index)) return undefined;
  const exact = prefix + text + next;
  if (last) return keysBy(operator, exact);
  // More parts follow, so all keys with this value of the part form a range, which is included or excluded as a whole.
  if (operator === 'ge' || operator === 'lt') return keysBy(operator, exact);
  const end = successor(exact, true);
  if (operator === 'le') return end === undefined ? {} : keysBy('lt', end);
  return end === undefined ? 'none' : keysBy('ge', end);
}

/**
 * Returns whether keys with the same text before this part sort in the order of the part's values. They do only if the
 * character that follows the part cannot be mistaken for a continuation of the part, and is never escaped within it.
 */
export function sortsInKey({ parts, literals, ordered }: KeyTemplate, index: number): boolean {
  if (ordered === true) return true;
  const next = literals[index + 1]!;
  if (parts[index]!.converter !== undefined) return !/^[A-Za-z0-9+-]/.test(next);
  return index === parts.length - 1 && next === '';
}

function notExpressible({ template, index, asked }: PartTest): EntitableError {
  const { className, key, text, parts, index: ofIndex } = template;
  const leading = parts.slice(0, index).map((part) => part.name);
  if (ofIndex !== undefined) return notExpressibleByIndex(ofIndex, leading, asked);
  const decorator = key === 'RowKey' ? '@RowKey' : '@PartitionKey';
  const equal = leading.length === 0 ? '' : `compare ${leading.join(' and ')} by "eq" in the same conjunction, or `;
  return new EntitableError(
    'query.not-expressible',
    `${className}.${asked.property} is a part of the ${key} "${text}", and no range of keys says "${asked.operator}" of it here. ` +
      `To filter by it, ${equal}store it as a property too: ${decorator}({ name: '${asked.property}' }).`,
    { className, property: asked.property, operator: asked.operator },
  );
}

function notExpressibleByIndex(
  { className, name }: NonNullable<KeyTemplate['index']>,
  leading: readonly string[],
  { property, operator }: PartTest['asked'],
): EntitableError {
  return new EntitableError(
    'query.not-expressible',
    `The index ${name} of ${className} is sorted by ${[...leading, property].join(', then by ')}, and no range of its entries says "${operator}" of ` +
      `${property} here. Give ${leading.join(' and ')} in the key, compare it by "eq" in the same conjunction, or add ${property} to ` +
      'project of the index, too, so that each entry is tested.',
    { className, property, operator },
  );
}
