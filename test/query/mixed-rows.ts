import fc from 'fast-check';
import type { EdmType, TypedValue } from '../../src/edm/edm-type.js';
import { Guid } from '../../src/edm/guid.js';
import { joined, negated, test, type Condition, type Operator } from '../../src/filter/condition.js';
import { defineEntity } from '../../src/metadata/define-entity.js';
import type { RowWriter } from '../../src/store/row.js';
import type { Rows, TableStore } from '../../src/store/table-store.js';

/** A class with a property of every type. A row may lack each of them, or store it in another type. */
export class Mixed {
  partition!: string;
  row!: string;
  binary?: Uint8Array;
  boolean?: boolean;
  date?: Date;
  double?: number;
  guid?: Guid;
  int32?: number;
  int64?: bigint;
  text?: string;
}

/** The properties of the class with their EDM types. */
export const TYPES = {
  binary: 'Binary',
  boolean: 'Boolean',
  date: 'DateTime',
  double: 'Double',
  guid: 'Guid',
  int32: 'Int32',
  int64: 'Int64',
  text: 'String',
} as const satisfies Record<string, EdmType>;

type Property = keyof typeof TYPES;

const PROPERTIES = Object.keys(TYPES) as readonly Property[];

defineEntity(Mixed, { table: 'Mixed', properties: { partition: 'PartitionKey', row: 'RowKey', ...TYPES } });

export interface MixedRow {
  readonly partition: string;
  readonly row: string;
  readonly values: Partial<Record<Property, TypedValue>>;
}

const character = fc.constantFrom(
  'a',
  'b',
  'A',
  "'",
  '"',
  ' ',
  '%',
  '&',
  '=',
  '+',
  '(',
  ')',
  ',',
  ';',
  '~',
  '|',
  'é',
  '\u00A0',
  '漢',
  '\uD7FF',
  '\u{1F600}',
  '\u{10FFFF}',
  '\uE000',
  '\uFFFF',
);
const anyText = fc.oneof(
  fc.array(character, { maxLength: 3 }).map((all) => all.join('')),
  fc.constantFrom(
    "' or 1 eq 1 or 'a' eq '",
    "') or (PartitionKey ne '",
    "a' and not (text eq 'a",
    "''",
    "datetime'2020-01-01'",
  ),
);

const VALUES: { readonly [E in EdmType]: fc.Arbitrary<unknown> } = {
  Binary: fc.uint8Array({ maxLength: 2, max: 3 }),
  Boolean: fc.boolean(),
  DateTime: fc
    .constantFrom(-11_644_473_600_000, -1, 0, 1, 1_700_000_000_000, 253_402_300_799_999)
    .map((time) => new Date(time)),
  Double: fc.constantFrom(-1e300, -1.5, -0, 0, 5e-324, 1, 1.5, 2 ** 53, 1e21),
  Guid: fc
    .constantFrom('0', '9', 'a', 'f')
    .map((digit) => Guid.parse(`${digit.repeat(8)}-0000-0000-0000-000000000000`)),
  Int32: fc.constantFrom(-2147483648, -1, 0, 1, 2, 2147483647),
  Int64: fc.constantFrom(-(2n ** 63n), -1n, 0n, 1n, 2n ** 53n + 1n, 2n ** 63n - 1n),
  String: anyText,
};

/** Values to store: the operands of filters, and Doubles that have no literal. */
const STORED: { readonly [E in EdmType]: fc.Arbitrary<unknown> } = {
  ...VALUES,
  Double: fc.oneof({ weight: 5, arbitrary: VALUES.Double }, fc.constantFrom(Number.NaN, Infinity, -Infinity)),
};

const partition = fc.constantFrom('', 'a', 'b', "o'neill", '漢', '\u{1F600}');
const rowKey = anyText.filter((text) => !/[/\\#?]/.test(text));

const mixedRow: fc.Arbitrary<MixedRow> = fc.record({
  partition,
  row: rowKey,
  values: fc.record(
    Object.fromEntries(
      PROPERTIES.map((name) => {
        const type = TYPES[name];
        const other: EdmType = type === 'String' ? 'Int32' : 'String';
        const typed = (edm: EdmType): fc.Arbitrary<TypedValue> =>
          STORED[edm].map((value) => ({ type: edm, value }) as TypedValue);
        return [name, fc.oneof({ weight: 5, arbitrary: typed(type) }, typed(other))];
      }),
    ) as Record<Property, fc.Arbitrary<TypedValue>>,
    { requiredKeys: [] },
  ),
});

/** Generates rows with different keys, in random order. */
export const mixedRows = fc.uniqueArray(mixedRow, {
  minLength: 10,
  maxLength: 30,
  selector: ({ partition: key, row }) => JSON.stringify([key, row]),
});

const EQUALITY: readonly Operator[] = ['eq', 'ne', 'in', 'isPresent', 'isMissing'];
const ORDER: readonly Operator[] = [...EQUALITY, 'gt', 'ge', 'lt', 'le', 'between'];

function operatorsOf(type: EdmType): readonly Operator[] {
  if (type === 'String') return [...ORDER, 'startsWith'];
  return type === 'Binary' || type === 'Boolean' || type === 'Guid' ? EQUALITY : ORDER;
}

function operandsOf(operator: Operator, value: fc.Arbitrary<unknown>, most: number): fc.Arbitrary<readonly unknown[]> {
  switch (operator) {
    case 'isPresent':
    case 'isMissing':
      return fc.constant([]);
    case 'in':
      return fc.array(value, { minLength: 1, maxLength: most });
    case 'between':
      return fc.tuple(value, value);
    default:
      return fc.tuple(value);
  }
}

/** Generates tests of one property, including keys. */
export function tests(mostValues: number): fc.Arbitrary<Condition> {
  const subjects: readonly (readonly [string, EdmType, fc.Arbitrary<unknown>])[] = [
    ...PROPERTIES.map((name) => [name, TYPES[name], VALUES[TYPES[name]]] as const),
    ['partition', 'String', partition],
    ['row', 'String', rowKey],
  ];
  return fc.oneof(
    ...subjects.map(([name, type, value]) =>
      fc
        .constantFrom(...operatorsOf(type))
        .chain((operator) => operandsOf(operator, value, mostValues).map((operands) => test(name, operator, operands))),
    ),
  );
}

/** Generates filters up to a depth. */
export function conditions(leaf: fc.Arbitrary<Condition>, depth: number): fc.Arbitrary<Condition> {
  if (depth === 1) return leaf;
  const deeper = conditions(leaf, depth - 1);
  return fc.oneof(
    leaf,
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(deeper, { minLength: 2, maxLength: 3 }))
      .map(([kind, operands]) => joined(kind, operands)),
    deeper.map(negated),
  );
}

/**
 * Evaluates a filter on a row by the service's three-valued logic, directly from the condition and without any code of
 * the package.
 */
export function means(condition: Condition, row: MixedRow): boolean {
  return ternary(condition, row) === true;
}

function ternary(condition: Condition, row: MixedRow): boolean | null {
  switch (condition.kind) {
    case 'not': {
      const operand = ternary(condition.operand, row);
      return operand === null ? true : !operand;
    }
    case 'and':
    case 'or': {
      const decisive = condition.kind === 'or';
      const operands = condition.operands.map((operand) => ternary(operand, row));
      return operands.includes(decisive) ? decisive : operands.includes(null) ? null : !decisive;
    }
    case 'test': {
      const { property, operator, operands } = condition;
      const actual = valueOf(row, property);
      if (operator === 'isPresent' || operator === 'isMissing')
        return (actual !== undefined) === (operator === 'isPresent');
      return actual === undefined ? null : holds(actual, operator, operands.map(plain));
    }
    default:
      return condition satisfies never;
  }
}

/** Returns the value that a filter sees. A value of another type than declared is not seen. */
function valueOf(
  { partition: key, row, values }: MixedRow,
  property: string,
): string | number | bigint | boolean | undefined {
  if (property === 'partition') return key;
  if (property === 'row') return row;
  const found = values[property as Property];
  return found?.type === TYPES[property as Property] ? plain(found.value) : undefined;
}

function plain(value: unknown): string | number | bigint | boolean {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Date) return value.getTime();
  return Guid.is(value) ? value.toString() : (value as string | number | bigint | boolean);
}

function holds(
  actual: string | number | bigint | boolean,
  operator: Operator,
  operands: readonly (string | number | bigint | boolean)[],
): boolean {
  const [first, second] = operands as [string, string];
  switch (operator) {
    case 'in':
      return operands.includes(actual) || (actual === 0 && operands.some((operand) => operand === 0));
    case 'between':
      return actual >= first && actual <= second;
    case 'startsWith':
      return String(actual).startsWith(first);
    case 'eq':
      return actual === first;
    case 'ne':
      return actual !== first;
    case 'gt':
      return actual > first;
    case 'ge':
      return actual >= first;
    case 'lt':
      return actual < first;
    case 'le':
      return actual <= first;
    default:
      return operator === 'isPresent';
  }
}

/** Stores rows as they are, including values of types that the class does not declare. */
export async function fill(store: TableStore, rows: readonly MixedRow[]): Promise<void> {
  await store.createTable('Mixed');
  for (const row of rows) {
    const properties = Object.entries(row.values).map(([name, value]) => Object.assign({ name }, value));
    const shaped: Rows = store.rows('Mixed', { properties: properties.map(({ name, type }) => ({ name, type })) });
    const write = shaped.prepare({
      mode: 'insert',
      partitionKey: row.partition,
      rowKey: row.row,
      write: (writer) => properties.forEach((value, slot) => push(writer, slot, value)),
    });
    await store.submit('Mixed', [write]);
  }
}

function push(writer: RowWriter, slot: number, { type, value }: TypedValue): void {
  switch (type) {
    case 'Binary':
      return writer.binary(slot, value);
    case 'Boolean':
      return writer.boolean(slot, value);
    case 'DateTime':
      return writer.dateTime(slot, value.getTime(), 0);
    case 'Double':
      return writer.double(slot, value);
    case 'Guid':
      return writer.guid(slot, value.toString());
    case 'Int32':
      return writer.int32(slot, value);
    case 'Int64':
      return writer.int64(slot, value);
    default:
      return writer.string(slot, value);
  }
}

/** Returns the keys of rows, in key order. */
export function keysOf(rows: readonly MixedRow[]): readonly string[] {
  const order = (left: string, right: string): number => (left < right ? -1 : Number(left > right));
  return [...rows]
    .sort((left, right) => order(left.partition, right.partition) || order(left.row, right.row))
    .map(({ partition: key, row }) => JSON.stringify([key, row]));
}
