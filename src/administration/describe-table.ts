import type { EdmType } from '../edm/edm-type.js';
import { isEntryKey } from '../metadata/indexes/index-metadata.js';
import { checkCount } from '../options/check-option.js';
import { PARTITION_KEY, ROW_KEY, type RowReader, type UndeclaredValue } from '../store/row.js';
import { propertySize } from '../store/limits.js';
import { checkTimeout, type OperationOptions } from '../options/operation-options.js';
import { readRows, type TablePlace } from './table-place.js';

/** Options of `describe`. `timeout` applies to each page. */
export interface DescribeOptions extends OperationOptions {
  /**
   * Maximum number of rows to read, beginning with the first row of the table; 1,000 by default, which takes one
   * request.
   */
  readonly sample?: number | undefined;
}

/** A stored property, as it occurs in the sampled rows. */
export interface PropertyDescription {
  /** The stored name. */
  readonly name: string;
  /** Number of rows in which the property has each type; types that occur in no row are left out. */
  readonly types: Readonly<Partial<Record<EdmType, number>>>;
  /** Number of rows without the property. */
  readonly missing: number;
  /**
   * Sizes of the smallest and of the largest value in bytes, by the service's formula: a String has two bytes for each
   * UTF-16 unit.
   */
  readonly bytes: { readonly least: number; readonly most: number };
}

/**
 * The result of `describe`: the properties that occur in a sample of a table's rows, with counts and sizes. It contains
 * no keys and no values.
 */
export interface TableDescription {
  /** The table's name in the store. */
  readonly table: string;
  /** Number of rows that were read. */
  readonly rows: number;
  /**
   * Number of entries of indexes among the rows that were read, which the other members leave out; absent if there are
   * none.
   */
  readonly entries?: number | undefined;
  /** True if the sample contains all rows. */
  readonly complete: boolean;
  /** Number of partitions that these rows belong to. */
  readonly partitions: number;
  /** The properties, ordered by name. */
  readonly properties: readonly PropertyDescription[];
}

const SAMPLE = 1000;

/** Reads the first rows of a table, or of an entity class in it, and describes their properties. */
export async function describeTable(
  place: TablePlace,
  { sample = SAMPLE, ...options }: DescribeOptions = {},
): Promise<TableDescription> {
  checkCount('sample', sample, 1);
  checkTimeout(options);
  const partitions = new Set<string>();
  const seen = new Map<string, Tally>();
  let read = 0;
  let entries = 0;
  let complete = true;
  const reading = { request: { undeclared: true }, decode, pageSize: sample, ahead: 0 };
  for await (const { rows: page, next } of readRows(place, true, reading, options)) {
    const wanted = page.slice(0, sample - read);
    for (const { partitionKey, isEntry, properties } of wanted) {
      if (isEntry) {
        entries++;
        continue;
      }
      partitions.add(partitionKey);
      for (const [name, value] of properties) tallyOf(seen, name).add(value);
    }
    read += wanted.length;
    complete = next === undefined && wanted.length === page.length;
    if (read === sample) break;
  }
  const rows = read - entries;
  const properties = [...seen].map(([name, tally]) => tally.description(name, rows));
  properties.sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.freeze({
    table: place.table,
    rows,
    ...(entries > 0 && { entries }),
    complete,
    partitions: partitions.size,
    properties,
  });
}

type SeenProperty = readonly [type: EdmType, bytes: number];

function decode(row: RowReader): {
  readonly partitionKey: string;
  readonly isEntry: boolean;
  readonly properties: readonly (readonly [name: string, seen: SeenProperty])[];
} {
  const properties = Array.from(row.undeclared(), ([name, value]) => [name, seenIn(value)] as const);
  return { partitionKey: row.string(PARTITION_KEY), isEntry: isEntryKey(row.string(ROW_KEY)), properties };
}

/** Returns the type and the size of a value; the value itself is not kept. */
function seenIn(value: UndeclaredValue): SeenProperty {
  switch (value.type) {
    case 'Binary':
      return [value.type, value.bytes.byteLength];
    case 'String':
      return [value.type, 2 * value.text.length];
    default:
      return [value.type, propertySize('', value.type) - OVERHEAD];
  }
}

/** Size of a property without its name and value, by the service's formula. */
const OVERHEAD = propertySize('', 'Boolean') - 1;

function tallyOf(seen: Map<string, Tally>, name: string): Tally {
  let tally = seen.get(name);
  if (tally === undefined) seen.set(name, (tally = new Tally()));
  return tally;
}

/** Counts the types of one property's values, and tracks their smallest and largest size. */
class Tally {
  readonly #types = new Map<EdmType, number>();
  #rows = 0;
  #least = Infinity;
  #most = 0;

  add([type, bytes]: SeenProperty): void {
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
    this.#rows++;
    this.#least = Math.min(this.#least, bytes);
    this.#most = Math.max(this.#most, bytes);
  }

  description(name: string, rows: number): PropertyDescription {
    const types = Object.fromEntries([...this.#types].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return { name, types, missing: rows - this.#rows, bytes: { least: this.#least, most: this.#most } };
  }
}
