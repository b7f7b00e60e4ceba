import { tableNameProblem } from '../../edm/names.js';
import { VALUE_RULES } from '../../edm/value-rules.js';
import { atOnce } from '../../options/check-option.js';
import { refusalReason } from '../converter.js';
import type { EntityMetadata, Member, PropertyMetadata } from '../entity-metadata.js';
import type { MetadataProblems } from '../metadata-problems.js';
import { isComputed } from '../unknown-property.js';
import type { Index, IndexPart, IndexSpec } from './declaration.js';
import { ENTITY_PARTITION, ENTITY_ROW, indexTable, partName, givenText, RESERVED } from './index-metadata.js';
import { shapeProblem } from './index-shape.js';

/**
 * The maximum number of indexes of a class. One transaction of at most 100 writes contains the row and, for each index,
 * up to two writes: one that deletes the old entry and one that inserts the new entry.
 */
const MOST_INDEXES = 49;
const MOST_NAME = 32;

type Report = (message: string) => void;

/** Checks the indexes of one class, and adds the mistakes in them to the problems of the class. */
export class IndexCheck {
  readonly #of: EntityMetadata;
  readonly #problems: MetadataProblems;
  /**
   * The members that declare indexes: in `#names` by the stored name of the index, in `#tables` by the index's own
   * table.
   */
  readonly #names = new Map<string, string>();
  readonly #tables = new Map<string, string>();
  readonly #declared = new Map<Index, string>();

  constructor(of: EntityMetadata, problems: MetadataProblems) {
    this.#of = of;
    this.#problems = problems;
  }

  problem(message: string): void {
    this.#problems.add('metadata.invalid-index', message);
  }

  checkCount(count: number): void {
    if (count > MOST_INDEXES)
      this.problem(
        `it has ${count} indexes; at most ${MOST_INDEXES} are possible, so that one transaction changes all`,
      );
  }

  check(member: string, index: Index, spec: IndexSpec): void {
    const wrong: Report = (message) => this.problem(`the index ${member} ${message}`);
    const shape = shapeProblem(spec);
    if (shape !== undefined) return wrong(shape);
    this.#checkName(member, index, spec, wrong);
    if (spec.partition === undefined) this.#checkBeside(spec, wrong);
    else this.#checkApart(member, spec, wrong);
    this.#checkParts(spec, wrong);
    this.#checkProjection(spec, wrong);
    for (const [name, value] of Object.entries(spec.where ?? {})) this.#checkCondition(name, value, wrong);
  }

  #checkName(member: string, index: Index, { name = member }: IndexSpec, wrong: Report): void {
    if (!/^[A-Za-z0-9]+$/.test(name) || name.length > MOST_NAME)
      wrong(`is called "${name}": give it a name of 1 to ${MOST_NAME} letters and digits, index({ name })`);
    const twin = this.#names.get(name);
    if (twin !== undefined) wrong(`is stored as "${name}", and so is ${twin}: give one of them another name`);
    this.#names.set(name, member);
    const same = this.#declared.get(index);
    if (same !== undefined) wrong(`is the same object as ${same}: declare it once, or call index() for each`);
    this.#declared.set(index, member);
  }

  /** Checks an index in the partition of its entities. */
  #checkBeside({ on = [], table, grace }: IndexSpec, wrong: Report): void {
    const { rowKey } = this.#of;
    if (on.length === 0) wrong('names no property: give it on: […]');
    if (table !== undefined)
      wrong('has a table, but no partition: only an index with partitions of its own has a table');
    if (grace !== undefined) wrong('has a grace period, but no partition: its entries are never without their entity');
    if (rowKey.plain && rowKey.parts[0]!.name !== '')
      wrong(
        `is stored beside the entities, which need a row key template to be told from its entries: @Entity({ rowKey: '{${rowKey.parts[0]!.name}}' })`,
      );
    if (rowKey.parts.length === 0)
      wrong(
        `is stored in the partition of the entities, which has only one, because the row key is always '${rowKey.text}': get it by its key, or give the index a partition: […]`,
      );
  }

  /** Checks an index with partitions, and a table, of its own. */
  #checkApart(member: string, spec: IndexSpec, wrong: Report): void {
    const { table } = this.#of;
    if (spec.partition!.length === 0) wrong('names no property in partition: leave it out, or name one');
    if (spec.grace !== undefined && spec.unique !== true)
      wrong('has a grace period, which is for the reserved values of a unique index');
    const named = indexTable(this.#of, spec.name ?? member, spec);
    const problem = tableNameProblem(named);
    if (problem !== undefined)
      wrong(`cannot be stored in the table "${named}": ${problem}. Give another, index({ table })`);
    const id = named.toLowerCase();
    const twin = id === table.toLowerCase() ? 'the entities themselves' : this.#tables.get(id);
    if (twin !== undefined)
      wrong(`cannot be stored in the table "${named}", which is that of ${twin}. Give another, index({ table })`);
    this.#tables.set(id, `the index ${member}`);
  }

  #checkParts({ on = [], partition }: IndexSpec, wrong: Report): void {
    const seen = new Set<string>();
    for (const part of [...(partition ?? []), ...on]) {
      const name = partName(part);
      if (seen.has(name)) {
        wrong(`names ${name} twice`);
        continue;
      }
      seen.add(name);
      const problem = this.#nameProblem(name) ?? this.#partProblem(name, part, partition !== undefined);
      if (problem !== undefined) wrong(`names ${name}, which ${problem}`);
    }
  }

  /** Describes why no index can use the property with a name; `undefined` if one can. */
  #nameProblem(name: string): string | undefined {
    const { members, entityClass } = this.#of;
    const member = members.get(name);
    if (member?.kind === 'etag') return 'is the ETag, which the store gives after the write';
    if (member?.kind === 'timestamp') return 'is the timestamp, which the store gives after the write';
    if (name === ENTITY_ROW || name === ENTITY_PARTITION) return 'is a name that entries use themselves';
    if (member !== undefined) return undefined;
    return isComputed(entityClass, name)
      ? 'a getter computes and which is not stored: give it a decorator, or name a stored property'
      : 'is no property of the class';
  }

  #partProblem(name: string, part: IndexPart, isApart: boolean): string | undefined {
    const member = this.#of.members.get(name)!;
    if (member.kind === 'key') {
      return member.template.key === 'PartitionKey' && !isApart
        ? 'is part of the partition key: it is the same in all entries of a partition'
        : undefined;
    }
    return givenText(part) === undefined ? equalityProblem(member) : undefined;
  }

  #checkProjection({ project = [], unique }: IndexSpec, wrong: Report): void {
    const seen = new Set<string>();
    for (const name of project) {
      if (seen.has(name)) {
        wrong(`names ${name} twice`);
        continue;
      }
      seen.add(name);
      const member = this.#of.members.get(name);
      const problem = this.#nameProblem(name);
      if (problem !== undefined) wrong(`projects ${name}, which ${problem}`);
      else if (member?.kind === 'key') wrong(`projects ${name}, which is part of the key: every entry has it`);
      else if (unique === true && member?.kind === 'property' && RESERVED.has(member.property.storedName))
        wrong(`projects ${name}, stored as "${member.property.storedName}", a name that entries use themselves`);
    }
  }

  /** Checks one condition of `where`. Writes compare the texts of values, so equal values must have equal texts. */
  #checkCondition(name: string, value: unknown, wrong: Report): void {
    const member = this.#of.members.get(name);
    const problem = this.#nameProblem(name) ?? (member?.kind === 'property' ? equalityProblem(member) : undefined);
    if (problem !== undefined) return wrong(`has a condition on ${name}, which ${problem}`);
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (values.length === 0)
      return wrong(`has a condition on ${name} without a value, so it would never have an entry`);
    for (const problems of new Set(values.map((one) => valueProblem(member!, one)))) {
      if (problems !== undefined) wrong(`has a condition on ${name} with ${problems}`);
    }
  }
}

/** Describes why equal values of a member cannot be recognised by their stored form. */
function equalityProblem(member: Member): string | undefined {
  if (member.kind !== 'property') return undefined;
  const { type, converter } = member.property;
  if (converter?.equality === false) return 'may be stored in different forms for equal values';
  return type === 'Binary' ? 'is stored as Edm.Binary and has no text' : undefined;
}

/** Describes why a member of an entity can never have a value. Does not quote the value. */
function valueProblem(member: Member, value: unknown): string | undefined {
  if (value === undefined || value === null)
    return `${value === null ? 'null' : 'undefined'}: an entity without the value has no entry`;
  const { type, converter } = storageOf(member);
  let stored: unknown = value;
  try {
    if (converter !== undefined) stored = atOnce(converter.toStored(value), 'toStored');
  } catch (error) {
    return `a value that its converter refuses${reasonOf(error)}`;
  }
  const { wrong, expected } = VALUE_RULES[type];
  const found = wrong(stored);
  return found === undefined ? undefined : `a value that it cannot have: it takes ${expected}, not ${found}`;
}

/** Returns how the values of a member are stored: a property, or a part of a key as text. */
function storageOf(member: Member): Pick<PropertyMetadata, 'type' | 'converter'> {
  if (member.kind === 'property') return member.property;
  return {
    type: 'String',
    converter: member.kind === 'key' ? member.template.parts[member.index]!.converter : undefined,
  };
}

function reasonOf(error: unknown): string {
  const reason = refusalReason(error);
  return reason === undefined ? '' : `: ${reason}`;
}
