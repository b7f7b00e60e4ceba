import type { EdmType } from '../edm/edm-type.js';
import { checkCount } from '../options/check-option.js';
import { PARTITION_KEY, type RowReader, type UndeclaredValue } from '../store/row.js';
import { propertySize } from '../store/limits.js';
import { checkTimeout, type OperationOptions } from '../options/operation-options.js';
import { readRows, type TablePlace } from './table-place.js';

/** How a table is looked at. `timeout` is each page's. */
export interface DescribeOptions extends OperationOptions {
  /** Rows that are read at most, the first ones in the order of the table; 1,000 by default, which is one request. */
  readonly sample?: number | undefined;
}

/** A stored property, as the rows that were read have it. */
export interface PropertyDescription {
  /** The stored name. */
  readonly name: string;
  /** In how many rows it has each type; a type that no row has is left out. */
  readonly types: Readonly<Partial<Record<EdmType, number>>>;
  /** Rows that do not have it. */
  readonly missing: number;
  /** Bytes of its smallest and its largest value, as the service counts them: two for each UTF-16 unit of a String. */
  readonly bytes: { readonly least: number; readonly most: number };
}

/** What a look at some rows of a table tells. It holds names, types and numbers, but no key and no value. */
export interface TableDescription {
  /** The table's name in the store. */
  readonly table: string;
  /** Rows that were read. */
  readonly rows: number;
  /** Whether these are all that there are. */
  readonly complete: boolean;
  /** Partitions that these rows are of. */
  readonly partitions: number;
  /** In the order of their names. */
  readonly properties: readonly PropertyDescription[];
}

const SAMPLE = 1000;

/** Reads the first rows of a place, and tells what properties they have. */
export async function describeTable(
  place: TablePlace,
  { sample = SAMPLE, ...options }: DescribeOptions = {},
): Promise<TableDescription> {
  checkCount('sample', sample, 1);
  checkTimeout(options);
  const partitions = new Set<string>();
  const seen = new Map<string, Tally>();
  let rows = 0;
  let complete = true;
  const reading = { request: { undeclared: true }, decode, pageSize: sample, ahead: 0 };
  for await (const { rows: page, next } of readRows(place, true, reading, options)) {
    const wanted = page.slice(0, sample - rows);
    for (const { partitionKey, properties } of wanted) {
      partitions.add(partitionKey);
      for (const [name, value] of properties) tallyOf(seen, name).add(value);
    }
    rows += wanted.length;
    complete = next === undefined && wanted.length === page.length;
    if (rows === sample) break;
  }
  const properties = [...seen].map(([name, tally]) => tally.description(name, rows));
  properties.sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.freeze({ table: place.table, rows, complete, partitions: partitions.size, properties });
}

type SeenProperty = readonly [type: EdmType, bytes: number];

function decode(row: RowReader): {
  readonly partitionKey: string;
  readonly properties: readonly (readonly [name: string, seen: SeenProperty])[];
} {
  const properties = Array.from(row.undeclared(), ([name, value]) => [name, seenIn(value)] as const);
  return { partitionKey: row.string(PARTITION_KEY), properties };
}

/** Only what is told of it: values are not kept. */
function seenIn(value: UndeclaredValue): SeenProperty {
  switch (value.type) {
    case 'Binary':
      return [value.type, value.bytes.byteLength];
    case 'String':
      return [value.type, 2 * value.text.length];
    default:
      return [value.type, propertySize('', value.type) - NOTHING];
  }
}

/** What the service's formula says of a property without a name and a value. */
const NOTHING = propertySize('', 'Boolean') - 1;

function tallyOf(seen: Map<string, Tally>, name: string): Tally {
  let tally = seen.get(name);
  if (tally === undefined) seen.set(name, (tally = new Tally()));
  return tally;
}

/** What was seen of one property. */
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
