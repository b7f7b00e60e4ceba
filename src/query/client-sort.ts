import { singleKey } from '../filter/key-range.js';
import { sortsInKey } from '../filter/key-parts.js';
import { isComparable, notComparable, type TestedProperty } from '../filter/operand.js';
import type { EntityReader } from '../mapping/entity-reader.js';
import type { EntityMetadata, Member } from '../metadata/entity-metadata.js';
import { comparePlaces, keyedReading, type KeyedRow, type RowReading } from './merge-rows.js';
import type { RowReader } from '../store/row.js';
import type { Plan } from './planning/plan.js';
import { EntitableError } from '../errors/entitable-error.js';

/** The direction in which results are sorted. */
export type SortDirection = 'asc' | 'desc';

/** One property that results are sorted by. */
export interface SortOrder {
  readonly name: string;
  readonly direction: SortDirection;
}

/** A result with the values that it is sorted by. */
export interface Sortable<out R> {
  readonly result: R;
  readonly by: readonly unknown[];
}

/**
 * Rejects sorting by a property whose stored values have no order. Throws `query.unknown-property` and
 * `query.not-comparable`.
 */
export function checkSortOrder<T extends object>(source: EntityReader<T>, { name }: SortOrder): void {
  source.project([name]);
  const { className, members } = source.metadata;
  const stored = storedAs(members.get(name)!);
  if (stored === undefined || !isComparable({ className, name, ...stored }, 'gt')) {
    throw notComparable({ className, name }, 'orderBy', 'what is stored has no order');
  }
}

function storedAs(member: Member): Pick<TestedProperty, 'type' | 'converter'> | undefined {
  switch (member.kind) {
    case 'property':
      return member.property;
    case 'timestamp':
    case 'etag':
      return member.kind === 'timestamp' ? { type: 'DateTime' } : undefined;
    case 'key':
      return { type: 'String', converter: member.template.parts[member.index]!.converter };
    default:
      return member satisfies never;
  }
}

/** Returns whether a plan already yields its rows in the requested order, so that they need no sorting. */
export function isKeyOrder(
  { members, partitionKey }: EntityMetadata,
  { legs }: Plan,
  orders: readonly SortOrder[],
): boolean {
  const [order, ...others] = orders;
  const member = order && members.get(order.name);
  if (member?.kind !== 'key' || others.length > 0 || member.index !== 0) return false;
  const { template } = member;
  const { converter } = template.parts[0]!;
  if (!template.plain && (converter === undefined || !sortsInKey(template, 0))) return false;
  if (order!.direction !== (converter?.order === 'reversed' ? 'desc' : 'asc')) return false;
  const partitions = legs.flatMap(({ steps }) =>
    steps.map((step) => (step.kind === 'point' ? step.partitionKey : singleKey(step.partitionKey))),
  );
  return (
    template === partitionKey || partitions.every((partition) => partition !== undefined && partition === partitions[0])
  );
}

/** Extends a row decoder so that it also returns the values that results are sorted by, and the row's keys. */
export function sortableReading<R>(
  project: (names: readonly string[]) => RowReading<object>,
  reading: RowReading<R>,
  orders: readonly SortOrder[],
): RowReading<KeyedRow<Sortable<R>>> {
  const projector = project(orders.map(({ name }) => name));
  const { select } = reading.request;
  const request = {
    ...reading.request,
    ...(select !== undefined && { select: [...new Set([...select, ...(projector.request.select ?? [])])] }),
  };
  const decode = (row: RowReader): Sortable<R> => {
    const values = projector.decode(row) as Readonly<Record<string, unknown>>;
    return { result: reading.decode(row), by: orders.map(({ name }) => values[name]) };
  };
  return keyedReading({ ...reading, request, decode }, reading.entityOf);
}

/** Returns the function that compares two results: by each property in turn, absent values last, ties in key order. */
export function compareSortable(
  orders: readonly SortOrder[],
): (left: KeyedRow<Sortable<unknown>>, right: KeyedRow<Sortable<unknown>>) => number {
  return (left, right) => {
    for (const [index, { direction }] of orders.entries()) {
      const order = compareBy(left.value.by[index], right.value.by[index], direction === 'asc' ? 1 : -1);
      if (order !== 0) return order;
    }
    return comparePlaces(left, right);
  };
}

function compareBy(left: unknown, right: unknown, sign: 1 | -1): number {
  const missing = rank(left) - rank(right);
  if (missing !== 0 || rank(left) > 0) return missing;
  const [a, b] = [left as number, right as number]; // strings, bigints and dates are compared by the same operators
  return a < b ? -sign : a > b ? sign : 0;
}

/** Ranks values first, then NaN, which has no order, then absent values. */
function rank(value: unknown): number {
  return value === undefined || value === null ? 2 : Number.isNaN(value) ? 1 : 0;
}

/** The maximum number of rows that are held in memory for sorting without `take`. */
export const SORT_LIMIT = 100_000;

/**
 * Reads all rows and returns them sorted: the first `take` rows, or all of them. With `take`, it holds at most twice
 * that number and one page in memory.
 *
 * @throws EntitableError `query.too-many-to-sort` without `take`, if there are more than {@link SORT_LIMIT} rows.
 */
export async function sortRows<R>(
  chunks: AsyncIterable<{ readonly rows: readonly R[] }>,
  compare: (left: R, right: R) => number,
  take: number | undefined,
): Promise<readonly R[]> {
  let held: R[] = [];
  for await (const { rows } of chunks) {
    for (const row of rows) held.push(row);
    if (take !== undefined && held.length >= 2 * take) held = held.toSorted(compare).slice(0, take);
    if (take === undefined && held.length > SORT_LIMIT) throw tooMany();
  }
  return held.toSorted(compare).slice(0, take);
}

function tooMany(): EntitableError {
  return new EntitableError(
    'query.too-many-to-sort',
    `More than ${SORT_LIMIT} rows match, and the service does not sort: they would all have to be held in memory. ` +
      'Ask for the first of them with take(n), narrow the query, or sort by the key, which costs nothing.',
    { limit: SORT_LIMIT },
  );
}
