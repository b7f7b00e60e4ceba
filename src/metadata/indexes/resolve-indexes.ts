import { tableNameProblem } from '../../edm/names.js';
import { typeName } from '../../errors/type-name.js';
import type { EntityMetadata, IndexMetadata } from '../entity-metadata.js';
import { lineage } from '../lineage.js';
import type { MetadataProblems } from '../metadata-problems.js';
import { specOf, type Index, type IndexPart, type IndexSpec } from './declaration.js';
import { partName, partText, resolveIndex } from './index-metadata.js';

/** The most indexes of a class: a change of all of them, with its row, is one transaction of 100 writes. */
const MOST_INDEXES = 49;
const MOST_NAME = 32;

/**
 * Resolves the indexes of a class: static members of the class and its base classes, and those of its schema. Adds the
 * mistakes in them to `problems`; the result may be used only if there was none.
 */
export function resolveIndexes(
  of: EntityMetadata,
  declared: Readonly<Record<string, unknown>> | undefined,
  problems: MetadataProblems,
): readonly IndexMetadata[] {
  const found = declaredIndexes(of, declared, problems);
  if (found.size === 0) return NONE;
  const checked = new IndexCheck(of, problems);
  if (found.size > MOST_INDEXES) checked.problem(`it has ${found.size} indexes; at most ${MOST_INDEXES} are possible`);
  for (const [member, { spec }] of found) checked.check(member, spec);
  return checked.isValid
    ? Object.freeze(
        Array.from(found, ([member, { index, spec }]) =>
          resolveIndex(of, spec.name ?? member, { declared: index, spec }),
        ),
      )
    : NONE;
}

const NONE: readonly IndexMetadata[] = Object.freeze([]);

interface Found {
  readonly index: Index;
  readonly spec: IndexSpec;
}

function declaredIndexes(
  { entityClass }: EntityMetadata,
  declared: Readonly<Record<string, unknown>> | undefined,
  problems: MetadataProblems,
): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  for (const ancestor of lineage(entityClass)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(ancestor))) {
      const spec = specOf(value);
      if (spec !== undefined) found.set(name, { index: value as Index, spec });
    }
  }
  for (const [name, value] of Object.entries(declared ?? {})) {
    const spec = specOf(value);
    if (spec !== undefined) found.set(name, { index: value as Index, spec });
    else
      problems.add(
        'metadata.invalid-index',
        `the index ${name} is ${typeName(value)}: declare it by index({ on: […] })`,
      );
  }
  return found;
}

/** Checks the indexes of one class. */
class IndexCheck {
  readonly #of: EntityMetadata;
  readonly #problems: MetadataProblems;
  readonly #names = new Set<string>();
  readonly #tables = new Set<string>();
  isValid = true;

  constructor(of: EntityMetadata, problems: MetadataProblems) {
    this.#of = of;
    this.#problems = problems;
  }

  problem(message: string, property?: string): void {
    this.isValid = false;
    this.#problems.add('metadata.invalid-index', message, property);
  }

  check(member: string, spec: IndexSpec): void {
    const wrong = (message: string): void => this.problem(`the index ${member} ${message}`);
    const shape = shapeProblem(spec);
    if (shape !== undefined) return wrong(shape);
    this.#checkName(spec.name ?? member, wrong);
    this.#checkPlace(spec.name ?? member, spec, wrong);
    this.#checkParts(spec, wrong);
    this.#checkProjection(spec, wrong);
    this.#checkWhere(spec.where ?? {}, wrong);
  }

  #checkName(name: string, wrong: (message: string) => void): void {
    if (!/^[A-Za-z0-9]+$/.test(name) || name.length > MOST_NAME)
      wrong(`is called "${name}": give it a name of 1 to ${MOST_NAME} letters and digits, index({ name })`);
    if (this.#names.has(name)) wrong(`is stored as "${name}", and so is another one`);
    this.#names.add(name);
  }

  #checkPlace(
    name: string,
    { partition, unique, on = [], table, grace }: IndexSpec,
    wrong: (message: string) => void,
  ): void {
    const { rowKey, table: own } = this.#of;
    if (partition === undefined) {
      if (on.length === 0) wrong('names no property: give it on: […]');
      if (table !== undefined) wrong('has a table, but no partition: only an index with partitions of its own has one');
      if (rowKey.plain)
        wrong(
          `stands beside its entities, whose row key needs a template to be told from its entries: @Entity({ rowKey: '{${rowKey.parts[0]!.name}}' })`,
        );
    } else {
      if (partition.length === 0) wrong('names no property in partition: leave it out, or name one');
      const named = table ?? own + name;
      const problem = tableNameProblem(named);
      if (problem !== undefined)
        wrong(`would be stored in the table "${named}": ${problem}. Give another, index({ table })`);
      const id = named.toLowerCase();
      if (id === own.toLowerCase() || this.#tables.has(id))
        wrong(`is stored in the table "${named}", which holds something else`);
      this.#tables.add(id);
    }
    if (grace !== undefined && (partition === undefined || unique !== true))
      wrong('has a grace period, which is for unique indexes with partitions of their own');
  }

  #checkParts({ on = [], partition }: IndexSpec, wrong: (message: string) => void): void {
    const seen = new Set<string>();
    for (const part of [...(partition ?? []), ...on]) {
      const name = partName(part);
      if (seen.has(name)) wrong(`names ${name} twice`);
      seen.add(name);
      const problem = this.#partProblem(name, part, partition !== undefined);
      if (problem !== undefined) wrong(`names ${name}, which ${problem}`);
    }
  }

  #partProblem(name: string, part: IndexPart, isApart: boolean): string | undefined {
    const member = this.#of.members.get(name);
    if (member === undefined) return 'is no property of the class';
    switch (member.kind) {
      case 'etag':
      case 'timestamp':
        return `is its ${member.kind}, which the store gives after the write`;
      case 'key':
        return member.template.key === 'PartitionKey' && !isApart
          ? 'is part of the partition key: all entries of a partition have the same'
          : undefined;
      default:
        break;
    }
    const { type, converter } = member.property;
    if (partText(part) !== undefined) return undefined;
    if (type === 'Binary') return 'is stored as Edm.Binary: give its text in the index, [name, { toStored }]';
    return converter?.equality === false ? 'may be stored in different forms for equal values' : undefined;
  }

  #checkProjection(
    { on = [], partition = [], project = [], unique }: IndexSpec,
    wrong: (message: string) => void,
  ): void {
    const parts = new Set([...on, ...partition].map(partName));
    const reserved = unique === true ? ['_row', '_partition'] : [];
    for (const [at, name] of project.entries()) {
      const member = this.#of.members.get(name);
      if (member === undefined) wrong(`projects ${name}, which is no property of the class`);
      else if (member.kind === 'key') wrong(`projects ${name}, which is part of the key: every entry has it`);
      else if (member.kind !== 'property') wrong(`projects ${name}, which is its ${member.kind}: an entry has its own`);
      else if (reserved.includes(member.property.storedName))
        wrong(`projects ${name}, stored as "${member.property.storedName}", which entries use themselves`);
      if (parts.has(name) || project.indexOf(name) !== at) wrong(`names ${name} twice`);
    }
  }

  #checkWhere(where: Readonly<Record<string, unknown>>, wrong: (message: string) => void): void {
    for (const [name, value] of Object.entries(where)) {
      const member = this.#of.members.get(name);
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      if (member?.kind !== 'property' && member?.kind !== 'key')
        wrong(`has a condition on ${name}, which is no property of the class`);
      if (values.length === 0 || values.some((one) => one === undefined || one === null))
        wrong(`has a condition on ${name} without a value`);
    }
  }
}

/** Returns what is wrong with the types of the options, for JavaScript and for values from outside. */
function shapeProblem({
  on,
  partition,
  project,
  where,
  unique,
  name,
  grace,
  building,
  table,
}: IndexSpec): string | undefined {
  for (const [option, list] of [
    ['on', on],
    ['partition', partition],
  ] as const) {
    if (list !== undefined && !(Array.isArray(list) && list.every(isPart)))
      return `has an option ${option} that is no array of property names, or of pairs of a name and a text`;
  }
  if (project !== undefined && !(Array.isArray(project) && project.every((one) => typeof one === 'string')))
    return 'has an option project that is no array of property names';
  if (where !== undefined && (typeof where !== 'object' || where === null || Array.isArray(where)))
    return 'has an option where that is no object of values, by property';
  for (const [option, value, type] of [
    ['unique', unique, 'boolean'],
    ['building', building, 'boolean'],
    ['name', name, 'string'],
    ['table', table, 'string'],
  ] as const) {
    if (value !== undefined && typeof value !== type) return `has an option ${option} that is no ${type}`;
  }
  if (grace !== undefined && !(typeof grace === 'number' && grace > 0 && Number.isFinite(grace)))
    return 'has a grace period that is no positive number of milliseconds';
  return undefined;
}

function isPart(part: unknown): boolean {
  if (typeof part === 'string') return true;
  if (!Array.isArray(part) || part.length !== 2 || typeof part[0] !== 'string') return false;
  return typeof (part[1] as { readonly toStored?: unknown } | null)?.toStored === 'function';
}
