import { EntitableError } from '../../errors/entitable-error.js';
import { bind, comparableNames, type BoundFilter } from '../../filter/bind.js';
import type { Condition } from '../../filter/condition.js';
import { flattened } from '../../filter/flattened.js';
import type { EntryPlaces } from '../../indexes/entry-place.js';
import { projector } from '../../mapping/entity-decoder.js';
import type { EntityMetadata, IndexMetadata, Member } from '../../metadata/entity-metadata.js';
import { parseKey, type KeyTemplate } from '../../metadata/key-template.js';
import { unknownProperty } from '../../metadata/unknown-property.js';
import type { RowReader } from '../../store/row.js';
import type { Rows } from '../../store/table-store.js';
import type { Address } from '../../mapping/entity-address.js';
import { LEFT_OUT, sievedRows } from '../client-filter.js';
import type { SortOrder } from '../client-sort.js';
import type { RowReading } from '../merge-rows.js';

/** An index, and the metadata of its class. */
export interface IndexOf {
  readonly metadata: EntityMetadata;
  readonly index: IndexMetadata;
}

/**
 * Binds a condition to the entries of an index. Names in messages are those of the class.
 *
 * @throws EntitableError `query.unknown-property`, `query.not-covered` for a property that entries do not hold, and the
 * errors of `bind`.
 */
export function bindToEntries({ metadata, index }: IndexOf, condition: Condition): BoundFilter {
  const { members } = metadata;
  for (const name of namesIn(condition)) {
    if (!members.has(name)) throw unknownProperty(metadata, name, comparableNames(metadata));
    if (!index.covered.has(name) || !index.entries.members.has(name)) throw notCovered({ metadata, index }, name);
  }
  return bindByIndex({ metadata, index }, condition);
}

/**
 * Binds a condition to the entries of an index, without checking the names. Entries hold dates and numbers as text, but
 * the error for an operand of the wrong type names the type of the entity's property. Throws as `bind` does.
 */
export function bindByIndex({ metadata, index }: IndexOf, condition: Condition): BoundFilter {
  try {
    return bind({ ...index.entries, className: metadata.className }, condition);
  } catch (error) {
    if (EntitableError.is(error, 'query.invalid-operand')) bind(metadata, condition);
    throw error;
  }
}

/** Returns the names of the properties that a condition tests. */
export function namesIn(condition: Condition): ReadonlySet<string> {
  const names = new Set<string>();
  const waiting = [condition];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'test') names.add(next.property);
    else if (next.kind === 'not') waiting.push(next.operand);
    else waiting.push(...next.operands);
  }
  return names;
}

function notCovered({ metadata: { className, members }, index }: IndexOf, property: string): EntitableError {
  const isPart = index.on.includes(property) || index.partition?.includes(property) === true;
  const { kind } = members.get(property)!;
  const remedy =
    kind === 'etag' || kind === 'timestamp'
      ? ''
      : `add it to ${kind === 'key' ? 'on' : 'project'} of the index${isPart ? ', too' : ''}, or `;
  const why = isPart ? ', whose text cannot be turned back into its value' : '';
  return new EntitableError(
    'query.not-covered',
    `The entries of the index ${index.name} of ${className} do not hold "${property}"${why}, and where() tests entries. ` +
      `To find entities by it, ${remedy}test the entities by filterOnClient(…).`,
    { className, index: index.name, property },
  );
}

/** Creates the error for a raw filter, which would test the properties of entries by their stored names. */
export function rawByIndex({ metadata: { className }, index: { name } }: IndexOf, kind: string): EntitableError {
  return new EntitableError(
    'query.raw-filter',
    `rawFilter() would test the entries of the index ${name} of ${className}, which are no entities. ` +
      'Say it with where(), or use it in query() and scan().',
    { kind },
  );
}

/** Returns a reading of properties that the entries hold. It reads only the entries, not their entities. */
export function coveredReading(
  { metadata, index }: IndexOf,
  places: EntryPlaces,
  names: readonly string[],
): RowReading<object> {
  const { className, partitionKey, rowKey } = metadata;
  const { entries } = index;
  const held = projector(
    { ...entries, className, members: readMembers(entries) },
    names.filter((name) => entries.members.has(name)),
  );
  const keys: readonly KeyTemplate[] = [partitionKey, rowKey];
  const others = names.filter((name) => !entries.members.has(name));
  const read = (values: Record<string, unknown>, { partitionKey: partition, rowKey: row }: Address): void => {
    for (const template of keys) {
      if (!template.parts.some(({ name }) => others.includes(name))) continue;
      const parts = parseKey(template, template === rowKey ? row : partition);
      template.parts.forEach(({ name }, at) => (values[name] = parts[at]));
    }
  };
  return {
    entityOf: (row) => places.of(row)!,
    request: { select: [...new Set([...(held.request.select ?? []), ...places.slots])], etag: false },
    decode(row) {
      const values = held.decode(row) as Record<string, unknown>;
      if (others.length === 0) return values;
      read(values, places.of(row)!);
      return Object.fromEntries(names.map((name) => [name, values[name]]));
    },
  };
}

/**
 * Returns, by name, the member from which each property of an entry is read. A property that an entry holds both as
 * text in its key and as a stored property is read from the stored property, because the text might not be convertible
 * back to the value.
 */
function readMembers({ members }: EntityMetadata): ReadonlyMap<string, Member> {
  const stored = [...members].map(([name, member]): [string, Member] => {
    const copy = member.kind === 'key' ? member.copy : undefined;
    return [name, copy === undefined ? member : { kind: 'property', name, property: copy }];
  });
  return new Map(stored);
}

/**
 * Returns only the rows that are entries and identify an entity, without those whose entity is left out of the results.
 */
export function entryRows(rows: Rows, places: EntryPlaces, isLeftOut: (entity: Address) => boolean): Rows {
  return sievedRows(rows, <R>(decode: (row: RowReader) => R) => (row: RowReader): R | typeof LEFT_OUT => {
    const place = places.of(row);
    if (place === undefined || isLeftOut(place)) return LEFT_OUT;
    try {
      return decode(row);
    } catch (error) {
      if (EntitableError.is(error, 'key.unparsable')) return LEFT_OUT; // another program wrote the row
      throw error;
    }
  });
}

/** Returns whether the entries that pass a filter are sorted in the requested order. */
export function isIndexOrder(
  { entries: { rowKey } }: IndexMetadata,
  filter: BoundFilter | undefined,
  orders: readonly SortOrder[],
): boolean {
  const fixed = fixedParts(rowKey, filter);
  const sorted = rowKey.parts.filter((_, index) => !fixed.has(index));
  const asked = orders.filter(
    ({ name }) => !rowKey.parts.some((part, index) => part.name === name && fixed.has(index)),
  );
  return asked.every(({ name, direction }, at) => {
    const part = sorted[at];
    if (part?.name !== name) return false;
    const order = part.converter === undefined ? 'preserved' : part.converter.order;
    return order === (direction === 'asc' ? 'preserved' : 'reversed');
  });
}

/** Returns the parts of a key that a filter fixes to one value. */
function fixedParts(template: KeyTemplate, filter: BoundFilter | undefined): ReadonlySet<number> {
  const tests = filter === undefined ? [] : filter.kind === 'and' ? flattened<BoundFilter>(filter) : [filter];
  return new Set(
    tests.flatMap((test) =>
      test.kind === 'part' && test.template === template && test.operator === 'eq' ? [test.index] : [],
    ),
  );
}
