import type { EntityMetadata, IndexMetadata, Member, PropertyMetadata } from '../entity-metadata.js';
import { frozenMap, frozenSet } from '../frozen.js';
import type { KeyPartMetadata, KeyTemplate } from '../key-template.js';
import type { Index, IndexPart, IndexSpec, IndexText } from './declaration.js';
import { isReadable, textConverter } from './index-text.js';

/** The member of an entry that holds the row key of its entity. No property of a class has this name. */
export const ENTITY_ROW = '#row';
/** The member of an entry that holds the partition key of its entity, in an index with partitions of its own. */
export const ENTITY_PARTITION = '#partition';

/** The beginning of the row keys of all entries. No template yields it, because templates escape `~` as `~7E`. */
export const ENTRY_HEAD = '~i';

const ENTRY_KEY = /^~i[^~]*~[A-Za-z0-9]+ /;

/** Returns whether a row key is the key of an entry of an index in the partitions of its entities, of any class. */
export function isEntryKey(rowKey: string): boolean {
  return ENTRY_KEY.test(rowKey);
}

const ROW_NAME = '_row';
const PARTITION_NAME = '_partition';
/** The stored names that the entries of a unique index use themselves. */
export const RESERVED: ReadonlySet<string> = new Set([ROW_NAME, PARTITION_NAME]);

const GRACE = 15 * 60_000;

/** Creates the metadata of an index in which `IndexCheck` has found no mistake. */
export function resolveIndex(
  of: EntityMetadata,
  name: string,
  { declared, spec }: { readonly declared: Index; readonly spec: IndexSpec },
): IndexMetadata {
  const { on = [], partition, unique = false, project = [], where = {} } = spec;
  const names = on.map(partName);
  const own = partition?.map(partName);
  const wanted = Object.entries(where).map(([key, value]): [string, readonly unknown[]] => [
    key,
    Object.freeze(Array.isArray(value) ? [...(value as readonly unknown[])] : [value]),
  ]);
  const keyParts = [...of.partitionKey.parts, ...of.rowKey.parts].map((part) => part.name);
  const readable = [...on, ...(partition ?? [])].filter((part) => isReadable(givenText(part))).map(partName);
  return Object.freeze({
    name,
    declared,
    unique,
    building: spec.building ?? false,
    partition: own && Object.freeze(own),
    on: Object.freeze(names),
    project: Object.freeze([...project]),
    where: frozenMap(wanted),
    needs: Object.freeze([...new Set([...(own ?? []), ...names, ...project, ...Object.keys(where)])]),
    covered: frozenSet([...keyParts, ...readable, ...project]),
    grace: spec.grace ?? GRACE,
    entries: entryMetadata(of, name, spec),
  });
}

/** The class in the metadata of entries, which are mapped like entities, but to plain objects. */
class IndexEntry {}

function entryMetadata(of: EntityMetadata, name: string, spec: IndexSpec): EntityMetadata {
  const { on = [], partition, unique = false, project = [] } = spec;
  const className = `${of.className}.${name}`;
  const head = { className, index: { className: of.className, name } };
  const rowHead = { key: 'RowKey', ...head } as const;
  const row: KeyPartMetadata = { name: ENTITY_ROW };
  const place: KeyPartMetadata = { name: ENTITY_PARTITION };
  const ownParts = on.map((part) => keyPart(of, part));
  const isApart = partition !== undefined;
  const entity = unique ? [] : isApart ? [place, row] : [row];
  const rowKey = entryKey(rowHead, isApart ? '' : entryStart(of, name), [...ownParts, ...entity]);
  const partitionKey = isApart
    ? entryKey(
        { key: 'PartitionKey', ...head },
        '',
        partition.map((part) => keyPart(of, part)),
      )
    : of.partitionKey;
  const properties = entryProperties(of, { unique, isApart, project });
  return Object.freeze({
    entityClass: IndexEntry,
    className,
    table: isApart ? indexTable(of, name, spec) : of.table,
    partitionKey,
    rowKey,
    properties,
    members: membersOf(partitionKey, rowKey, properties),
    indexes: NONE,
    entriesOf: of,
    takesValues: false,
    create: () => ({}),
  });
}

const NONE = Object.freeze([]);

/** Returns the name of the table of an index with partitions of its own. */
export function indexTable({ table }: EntityMetadata, name: string, spec: IndexSpec): string {
  return spec.table ?? table + name.slice(0, 1).toUpperCase() + name.slice(1);
}

/**
 * Returns the text with which the row keys of all entries of one index of a class begin; a space follows it. Only for
 * an index in the partitions of its entities.
 */
export function entryStart({ rowKey }: EntityMetadata, name: string): string {
  return `${ENTRY_HEAD}${rowKey.literals[0]}~${name}`;
}

/** The row key of the only entry in a partition of an index without `on`. */
const ONLY = '~';

function entryKey(
  head: Pick<KeyTemplate, 'key' | 'className' | 'index'>,
  start: string,
  parts: readonly KeyPartMetadata[],
): KeyTemplate {
  if (parts.length === 0) return template({ ...head, literals: [start === '' ? ONLY : start], parts });
  const first = start === '' ? '' : `${start} `;
  const literals = [first, ...parts.map((_, index) => (index === parts.length - 1 ? '' : ' '))];
  return template({ ...head, literals, parts });
}

function template(given: Pick<KeyTemplate, 'key' | 'className' | 'index' | 'literals' | 'parts'>): KeyTemplate {
  const { literals, parts } = given;
  const text = parts.map(({ name }, index) => `${literals[index]}{${name}}`).join('') + literals.at(-1)!;
  return Object.freeze({
    ...given,
    literals: Object.freeze(literals),
    parts: Object.freeze(parts),
    text,
    plain: false,
    ordered: true,
  });
}

function keyPart(of: EntityMetadata, part: IndexPart): KeyPartMetadata {
  const name = partName(part);
  return Object.freeze({ name, converter: textConverter(of.members.get(name)!, givenText(part)) });
}

function entryProperties(
  of: EntityMetadata,
  { unique, isApart, project }: { unique: boolean; isApart: boolean; project: readonly string[] },
): readonly PropertyMetadata[] {
  const text = (name: string, storedName: string): Omit<PropertyMetadata, 'slot'> => ({
    name,
    storedName,
    type: 'String',
    required: false,
    copiesKey: false,
  });
  const projected = project.map((name) => {
    const member = of.members.get(name) as Extract<Member, { readonly kind: 'property' }>;
    return { ...member.property, default: undefined, required: false };
  });
  const keys = unique ? [...(isApart ? [text(ENTITY_PARTITION, PARTITION_NAME)] : []), text(ENTITY_ROW, ROW_NAME)] : [];
  return Object.freeze([...keys, ...projected].map((property, slot) => Object.freeze({ ...property, slot })));
}

function membersOf(
  partitionKey: KeyTemplate,
  rowKey: KeyTemplate,
  properties: readonly PropertyMetadata[],
): ReadonlyMap<string, Member> {
  const byName = new Map(properties.map((property) => [property.name, property]));
  const parts = [partitionKey, rowKey].flatMap((key) =>
    key.parts.map(({ name }, index): [string, Member] => [
      name,
      { kind: 'key', name, template: key, index, copy: byName.get(name) },
    ]),
  );
  const stored = properties.map((property): [string, Member] => [
    property.name,
    { kind: 'property', name: property.name, property },
  ]);
  return frozenMap([...stored, ...parts]);
}

/** Returns the name of the property in an element of `on` or `partition`. */
export function partName(part: IndexPart): string {
  return typeof part === 'string' ? part : part[0];
}

/**
 * Returns the text conversion in an element of `on` or `partition`; `undefined` if the element only names a property.
 */
export function givenText(part: IndexPart): IndexText | undefined {
  return typeof part === 'string' ? undefined : part[1];
}
