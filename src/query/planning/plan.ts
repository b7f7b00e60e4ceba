import { joinedNodes } from '../../filter/lower-filter.js';
import { onlyKey, rangeComparisons, singleKey, ALL_KEYS, keysFrom } from '../../filter/key-range.js';
import { countComparisons, type FilterNode } from '../../store/filter-node.js';
import type { KeyRange } from '../../store/table-store.js';
import type { KnownParts } from '../../filter/key-parts.js';
import type { EntityMetadata } from '../../metadata/entity-metadata.js';
import { parseKey, partText, type KeyTemplate } from '../../metadata/key-template.js';
import { EntitableError } from '../../errors/entitable-error.js';

/** One row, read by its key. */
export interface PointStep {
  readonly kind: 'point';
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** The rows of key ranges that match a filter, read page by page. */
export interface ScanStep {
  readonly kind: 'scan';
  readonly partitionKey: KeyRange;
  readonly rowKey: KeyRange;
  /** The part of the query's filter that the ranges do not express. */
  readonly filter?: FilterNode;
}

/** The rows that are read by one request, or by a sequence of requests linked by continuations. */
export type Step = PointStep | ScanStep;

/** Steps that read different rows of the same key ranges. Merged by key, the rows of all steps are in key order. */
export interface Leg {
  readonly steps: readonly Step[];
}

/**
 * The reads of a query: legs in key order, of which no two read the same row. There are no legs if nothing can match.
 */
export interface Plan {
  readonly legs: readonly Leg[];
}

/** Returns the conditions of a step as one filter, as it would be sent to a service. */
export function stepFilter(step: Step): FilterNode | undefined {
  const filter = joinedNodes('and', stepConjuncts(step));
  return typeof filter === 'boolean' ? undefined : filter;
}

/** Returns the conditions of a plan as one filter. `undefined` if every row of the table matches. */
export function planFilter({ legs }: Plan): FilterNode | undefined {
  const steps = legs.flatMap((leg) => leg.steps);
  const filter = joinedNodes(
    'or',
    steps.length === 0 ? rangeComparisons('PartitionKey', NO_KEY) : steps.map((step) => stepFilter(step) ?? true),
  );
  return typeof filter === 'boolean' ? undefined : filter;
}

/**
 * Returns the number of comparisons in a step as stores count them: two for a point; for a scan, one for a single
 * partition, one for each bound of a range of keys, and those of the filter.
 */
export function stepComparisons(step: Step): number {
  if (step.kind === 'point') return 2;
  const { partitionKey, rowKey, filter } = step;
  const partition = singleKey(partitionKey) === undefined ? bounds(partitionKey) : 1;
  return partition + bounds(rowKey) + (filter === undefined ? 0 : countComparisons(filter));
}

/** Returns the operands of a conjunction, none for `true` or `undefined`, and any other filter as the only operand. */
export function conjuncts(filter: FilterNode | true | undefined): readonly FilterNode[] {
  if (filter === undefined || filter === true) return [];
  return filter.kind === 'and' ? filter.operands : [filter];
}

/** The empty range: no key is less than the empty key. */
const NO_KEY: KeyRange = Object.freeze({ to: Object.freeze({ value: '', inclusive: false }) });

function stepConjuncts(step: Step): readonly FilterNode[] {
  switch (step.kind) {
    case 'point':
      return [
        ...rangeComparisons('PartitionKey', onlyKey(step.partitionKey)),
        ...rangeComparisons('RowKey', onlyKey(step.rowKey)),
      ];
    case 'scan':
      return [
        ...rangeComparisons('PartitionKey', step.partitionKey),
        ...rangeComparisons('RowKey', step.rowKey),
        ...conjuncts(step.filter),
      ];
    default:
      return step satisfies never;
  }
}

function bounds({ from, to }: KeyRange): number {
  return (from === undefined ? 0 : 1) + (to === undefined ? 0 : 1);
}

/** The keys that rows of a class can have in one partition, or in all partitions. */
export interface Scope {
  readonly partitionKey: KeyRange;
  readonly rowKey: KeyRange;
  /** The values of the parts of the partition key, if the scope is one partition. */
  readonly known: KnownParts;
}

/** Returns the keys that the templates of a class can produce in one partition, or in the whole table. */
export function scopeOf({ partitionKey, rowKey }: EntityMetadata, partition: string | undefined): Scope {
  return {
    partitionKey: partition === undefined ? keysOf(partitionKey) : onlyKey(partition),
    rowKey: keysOf(rowKey),
    known: partition === undefined ? new Map() : knownParts(partitionKey, partition),
  };
}

/**
 * Returns the range of keys that a template can produce. If the template begins with a constant text, it contains only
 * keys that begin with this text.
 */
function keysOf({ literals, parts }: KeyTemplate): KeyRange {
  const [head] = literals;
  if (head === undefined) return ALL_KEYS;
  return parts.length === 0 ? onlyKey(head) : keysFrom(head);
}

function knownParts(template: KeyTemplate, key: string): KnownParts {
  // The key of an entry in an index consists of texts separated by spaces, which the texts do not contain. They are
  // used as they are, because not every converter can turn its text back into the value.
  if (template.ordered === true) return new Map([[template, key.split(' ')]]);
  const values = parseKey(template, key);
  return new Map([[template, values.map((value, index) => partText(template, index, value))]]);
}

/** The maximum number of requests that a query may plan by default. */
export const MOST_REQUESTS = 1000;

/**
 * Counts the requests that a query plans, and enforces a limit. The count is checked before requests are planned, so
 * that the limit also bounds the work of planning.
 */
export class RequestBudget {
  readonly limit: number;
  #planned = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Throws `query.too-many-requests` if this many more requests exceed the limit. */
  check(more: number): void {
    if (this.#planned + more > this.limit) throw tooMany(this.#planned + more, this.limit);
  }

  /** Counts this many more requests as planned. Throws `query.too-many-requests`. */
  take(more: number): void {
    this.check(more);
    this.#planned += more;
  }
}

function tooMany(count: number, limit: number): EntitableError {
  return new EntitableError(
    'query.too-many-requests',
    `The query would be ${count} requests at least, and may be ${limit}: the values of each "in" are multiplied by those of the others and ` +
      'by the partitions. Ask for fewer values at once, or read single rows with getMany(keys). Where so many are meant, allow them with ' +
      'maxRequests(n) of the query, or maxQueryRequests of the data source.',
    { count, limit },
  );
}
