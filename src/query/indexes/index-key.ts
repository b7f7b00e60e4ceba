import { EntitableError } from '../../errors/entitable-error.js';
import { memberFailed } from '../../errors/member-failed.js';
import { typeName } from '../../errors/type-name.js';
import type { PartTest } from '../../filter/bind.js';
import { test } from '../../filter/condition.js';
import { requireObject, type Address } from '../../mapping/entity-address.js';
import type { EntityMapper } from '../../mapping/entity-mapper.js';
import { ownMember } from '../../mapping/member-access.js';
import type { EntityMetadata, IndexMetadata } from '../../metadata/entity-metadata.js';
import type { KeyTemplate } from '../../metadata/key-template.js';
import { specOf } from '../../metadata/indexes/declaration.js';
import { invalidOption, isList } from '../../options/check-option.js';
import { bindByIndex } from './covered.js';

/** The key of a query by an index, checked: the partition of the entries, and a test of each value that was given. */
export interface IndexKey {
  readonly partition: string;
  readonly tests: readonly PartTest[];
}

/**
 * Returns the index of a class that was given to `by` or `getBy`. Throws `validation.invalid-option`,
 * `query.index-building`.
 */
export function requireIndex({ className, indexes }: EntityMetadata, declared: unknown, verb: string): IndexMetadata {
  const index = indexes.find((one) => one.declared === declared);
  if (index === undefined) {
    const names = indexes.map(({ name }) => name).join(', ');
    const has = indexes.length === 0 ? 'which declares none' : `i.e. ${names}`;
    const found = specOf(declared) === undefined ? typeName(declared) : 'an index of another class';
    throw invalidOption(verb, `an index of ${className}, ${has}`, found);
  }
  if (index.building) {
    throw new EntitableError(
      'query.index-building',
      `The index ${index.name} of ${className} is being built, so it may lack entities that were stored before it was declared. ` +
        'Rebuild it by db.tables.indexes(…).rebuild(), then remove building: true.',
      { className, index: index.name },
    );
  }
  if (verb !== 'by' && !index.unique) {
    throw invalidOption(verb, `a unique index of ${className}`, `${index.name}, which by() queries`);
  }
  return index;
}

/**
 * Checks the key of a query by an index: the partition, and values of the first properties that the index is sorted by.
 *
 * @throws EntitableError `key.missing-part`, `key.unexpected-part`, `query.invalid-operand`, `entity.not-an-object`.
 */
export function checkIndexKey(mapper: EntityMapper<object>, index: IndexMetadata, given: unknown): IndexKey {
  const { metadata } = mapper;
  try {
    return new IndexKeyCheck(mapper, index, objectOf(metadata, index, given)).key();
  } catch (error) {
    throw memberFailed(metadata.className, undefined, error);
  }
}

/** The keys of a query by an index, checked: the partitions of the entries, and a test of each value that was given. */
export interface IndexKeys {
  readonly partitions: readonly string[];
  readonly tests: readonly PartTest[];
}

/**
 * Checks the keys of a query by an index: one key, or several that differ only in their partition. Throws as
 * {@link checkIndexKey}, and `validation.invalid-option` for keys whose other values differ.
 */
export function checkIndexKeys(mapper: EntityMapper<object>, index: IndexMetadata, given: unknown): IndexKeys {
  const keys = (isList(given) ? given : [given]).map((key) => checkIndexKey(mapper, index, key));
  const [{ tests } = { tests: [] }, ...others] = keys;
  if (others.some((key) => !haveSameValues(key.tests, tests))) {
    const found = `keys with different values of ${index.on.join(' or ')}`;
    throw invalidOption('by', `keys of the index ${index.name} that differ only in their partition`, found);
  }
  return { partitions: keys.map(({ partition }) => partition), tests };
}

function haveSameValues(left: readonly PartTest[], right: readonly PartTest[]): boolean {
  return left.length === right.length && left.every(({ text }, i) => text === right[i]?.text);
}

/** Returns the address of the only entry with these values. Throws as {@link checkIndexKey}, for any missing value. */
export function checkUniqueKey(mapper: EntityMapper<object>, index: IndexMetadata, given: unknown): Address {
  const { partition, tests } = checkIndexKey(mapper, index, given);
  const missing = index.on[tests.length];
  if (missing !== undefined) throw missingPart(mapper.metadata, index, missing, 'getBy() takes all its values');
  return { partitionKey: partition, rowKey: composed(index.entries.rowKey, tests) };
}

function objectOf(metadata: EntityMetadata, index: IndexMetadata, given: unknown): Readonly<Record<string, unknown>> {
  const what = `The key of the index ${index.name}`;
  requireObject(metadata.className, what, given, () => namesOf(metadata, index));
  return given as Readonly<Record<string, unknown>>;
}

function namesOf({ partitionKey }: EntityMetadata, { partition, on }: IndexMetadata): readonly string[] {
  return [...new Set([...(partition ?? partitionKey.parts.map(({ name }) => name)), ...on])];
}

class IndexKeyCheck {
  readonly #mapper: EntityMapper<object>;
  readonly #index: IndexMetadata;
  readonly #given: Readonly<Record<string, unknown>>;

  constructor(mapper: EntityMapper<object>, index: IndexMetadata, given: Readonly<Record<string, unknown>>) {
    this.#mapper = mapper;
    this.#index = index;
    this.#given = given;
  }

  key(): IndexKey {
    this.#checkNames();
    return { partition: this.#partition(), tests: this.#tests() };
  }

  /** Rejects a name that is not part of the key, because its value would be ignored, and a value that is absent. */
  #checkNames(): void {
    const { metadata } = this.#mapper;
    const names = namesOf(metadata, this.#index);
    const isStated = this.#index.partition === undefined;
    for (const property of Object.keys(this.#given)) {
      if (names.includes(property)) {
        if (isAbsent(this.#given[property]))
          throw missingPart(metadata, this.#index, property, 'leave it out, or give it a value');
      } else if (!(isStated && property === 'partitionKey')) {
        throw unexpectedPart(metadata, this.#index, property, names);
      }
    }
  }

  #partition(): string {
    const { metadata } = this.#mapper;
    const { partition, entries } = this.#index;
    if (partition === undefined) {
      const names = [...metadata.partitionKey.parts.map(({ name }) => name), 'partitionKey'];
      const stated = names.filter((name) => name in this.#given).map((name) => [name, ownMember(this.#given, name)]);
      return this.#mapper.partitionOf(Object.fromEntries(stated) as object);
    }
    const missing = partition.find((name) => isAbsent(ownMember(this.#given, name)));
    if (missing !== undefined) throw missingPart(metadata, this.#index, missing, 'it is a part of the partition');
    return composed(
      entries.partitionKey,
      partition.map((name) => this.#test(name)),
    );
  }

  #tests(): readonly PartTest[] {
    const { on } = this.#index;
    const given = on.filter((name) => !isAbsent(ownMember(this.#given, name)));
    const missing = on.slice(0, given.length).find((name) => !given.includes(name));
    if (missing !== undefined) {
      const reason = `the index is sorted by ${on.join(', then by ')}, and values are given from the first one on`;
      throw missingPart(this.#mapper.metadata, this.#index, missing, reason);
    }
    return given.map((name) => this.#test(name));
  }

  #test(name: string): PartTest {
    const { metadata } = this.#mapper;
    return bindByIndex({ metadata, index: this.#index }, test(name, 'eq', [ownMember(this.#given, name)])) as PartTest;
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Composes a key of an entry from the tests of all its parts. */
function composed({ literals }: KeyTemplate, tests: readonly PartTest[]): string {
  return tests.reduce((key, { text }, at) => key + text + literals[at + 1]!, literals[0]!);
}

function missingPart(
  { className }: EntityMetadata,
  index: IndexMetadata,
  property: string,
  reason: string,
): EntitableError {
  return new EntitableError(
    'key.missing-part',
    `The key of the index ${index.name} of ${className} has no value of ${property}: ${reason}.`,
    { className, key: index.partition?.includes(property) === true ? 'PartitionKey' : 'RowKey', property },
  );
}

function unexpectedPart(
  { className }: EntityMetadata,
  { name }: IndexMetadata,
  property: string,
  names: readonly string[],
): EntitableError {
  return new EntitableError(
    'key.unexpected-part',
    `The key of the index ${name} of ${className} was given with "${property}", which it would ignore. ` +
      `It takes { ${names.join(', ')} }; test other properties by where(…).`,
    { className, key: 'RowKey', property },
  );
}
