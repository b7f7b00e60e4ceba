import type { RowReader, RowShape, Slot, UndeclaredValue } from '../store/row.js';

/** The content of a row as texts that can be compared. They stay valid when the reader moves to another row. */
export interface RowContent {
  /** Declared properties by slot, i.e. by their index in the row shape; `undefined` if the row lacks the property. */
  readonly declared: readonly (string | undefined)[];
  /** Undeclared properties by stored name. */
  readonly undeclared: ReadonlyMap<string, string>;
}

/** Reads the whole content of a row. */
export function contentOf(row: RowReader, { properties }: RowShape): RowContent {
  return {
    declared: properties.map((_, slot) => textOf(row, slot)),
    undeclared: new Map(Array.from(row.undeclared(), ([name, value]) => [name, undeclaredText(value)])),
  };
}

/** Returns whether two rows have the same content. */
export function sameContent(a: RowContent, b: RowContent): boolean {
  return (
    a.declared.every((text, slot) => text === b.declared[slot]) &&
    a.undeclared.size === b.undeclared.size &&
    [...a.undeclared].every(([name, text]) => b.undeclared.get(name) === text)
  );
}

/** Returns whether a row has no properties at all. */
export function isEmpty({ declared, undeclared }: RowContent): boolean {
  return undeclared.size === 0 && declared.every((text) => text === undefined);
}

/** Returns whether a row has all values that a merge sets and none of the properties that it removes. */
export function holdsMerge(
  row: RowContent,
  merge: RowContent,
  remove: readonly string[],
  { properties }: RowShape,
): boolean {
  return (
    merge.declared.every((text, slot) => text === undefined || text === row.declared[slot]) &&
    [...merge.undeclared].every(([name, text]) => row.undeclared.get(name) === text) &&
    remove.every(
      (name) =>
        !row.undeclared.has(name) &&
        properties.every((property, slot) => property.name !== name || row.declared[slot] === undefined),
    )
  );
}

function textOf(row: RowReader, slot: Slot): string | undefined {
  const type = row.typeOf(slot);
  switch (type) {
    case undefined:
      return undefined;
    case 'String':
      return `String ${row.string(slot)}`;
    case 'Int32':
    case 'Double':
      // in JSON a Double without a fraction looks like an Int32, and Azurite returns -0 as 0
      return `number ${row.number(slot)}`;
    case 'Boolean':
      return `Boolean ${row.boolean(slot)}`;
    case 'Int64':
      return `Int64 ${row.int64(slot)}`;
    case 'DateTime':
      return `DateTime ${row.milliseconds(slot)} ${row.ticks(slot)}`;
    case 'Guid':
      return `Guid ${row.guid(slot).toString()}`;
    case 'Binary':
      return `Binary ${Buffer.from(row.binary(slot)).toString('base64')}`;
    default:
      return type satisfies never;
  }
}

function undeclaredText(value: UndeclaredValue): string {
  return value.type === 'Binary'
    ? `Binary ${Buffer.from(value.bytes).toString('base64')}`
    : `${value.type} ${value.text}`;
}
