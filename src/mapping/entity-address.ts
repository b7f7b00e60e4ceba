import type { EntityMetadata } from '../metadata/entity-metadata.js';
import { EntitableError } from '../errors/entitable-error.js';
import { typeName } from '../edm/type-name.js';
import { composeKey, type KeyTemplate } from '../metadata/key-template.js';
import { checkKeyText } from '../metadata/key-text.js';
import type { ServiceLimits } from '../store/limits.js';
import { checkKeySize } from './key-size.js';

/** The stored keys of one row. */
export interface Address {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** Makes the address of an entity, or of an object that holds its key properties or `{ partitionKey, rowKey }`. Throws `key.*`. */
export function addressOf(metadata: EntityMetadata, source: object, limits: ServiceLimits): Address {
  const { partitionKey, rowKey } = metadata;
  requireObject(metadata.className, 'An entity or a key', source, () => [
    ...partNames(partitionKey),
    ...partNames(rowKey),
  ]);
  return stated(source, metadata)
    ? { partitionKey: storedText(partitionKey, source, limits), rowKey: storedText(rowKey, source, limits) }
    : { partitionKey: composed(partitionKey, source, limits), rowKey: composed(rowKey, source, limits) };
}

/** The stored partition key that an object of its key properties, or `{ partitionKey }`, stands for. */
export function partitionOf(
  { className, partitionKey }: EntityMetadata,
  source: object,
  limits: ServiceLimits,
): string {
  requireObject(className, 'A partition', source, () => partNames(partitionKey));
  return statesPart(source, partitionKey, 'partitionKey')
    ? storedText(partitionKey, source, limits)
    : composed(partitionKey, source, limits);
}

/** Refuses what is no object where one of some properties belongs. Throws `entity.not-an-object`. */
export function requireObject(className: string, what: string, source: unknown, names: () => readonly string[]): void {
  if (typeof source === 'object' && source !== null) return;
  const found = typeName(source);
  throw new EntitableError(
    'entity.not-an-object',
    `${what} of ${className} is an object, not ${found}. Give { ${names().join(', ')} }.`,
    { className, found },
  );
}

function partNames({ parts }: KeyTemplate): readonly string[] {
  return parts.map(({ name }) => name);
}

/** Whether an object states the stored keys themselves, as an unmarked class is addressed. */
function stated(source: object, { partitionKey, rowKey }: EntityMetadata): boolean {
  return statesPart(source, partitionKey, 'partitionKey') && statesPart(source, rowKey, 'rowKey');
}

function statesPart(source: object, template: KeyTemplate, name: 'partitionKey' | 'rowKey'): boolean {
  if (typeof (source as Record<string, unknown>)[name] !== 'string') return false;
  const part = template.parts.find((candidate) => candidate.name === name);
  // A property of that very name holds the part itself, unless its values are not the stored text.
  if (part !== undefined) return part.converter !== undefined;
  return (
    template.parts.length === 0 ||
    template.parts.some((candidate) => (source as Record<string, unknown>)[candidate.name] === undefined)
  );
}

function storedText(template: KeyTemplate, source: object, limits: ServiceLimits): string {
  const text = (source as Record<string, string>)[template.key === 'PartitionKey' ? 'partitionKey' : 'rowKey']!;
  checkKeyText(template, text);
  checkKeySize(template, text, limits);
  return text;
}

function composed(template: KeyTemplate, source: object, limits: ServiceLimits): string {
  const text = composeKey(template, source);
  checkKeySize(template, text, limits);
  return text;
}
