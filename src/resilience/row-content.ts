import type { RowReader, RowShape, Slot, UndeclaredValue } from '../store/row.js';

/** What a row holds, in a form that outlives its reader and compares by value. */
export interface RowContent {
  /** By slot; `undefined` where the row has no such property. */
  readonly declared: readonly (string | undefined)[];
  /** By stored name. */
  readonly undeclared: ReadonlyMap<string, string>;
}

/** Reads all of a row. */
export function contentOf(row: RowReader, { properties }: RowShape): RowContent {
  return {
    declared: properties.map((_, slot) => textOf(row, slot)),
    undeclared: new Map(Array.from(row.undeclared(), ([name, value]) => [name, undeclaredText(value)])),
  };
}

/** Whether two rows hold the same. */
export function sameContent(a: RowContent, b: RowContent): boolean {
  return (
    a.declared.every((text, slot) => text === b.declared[slot]) &&
    a.undeclared.size === b.undeclared.size &&
    [...a.undeclared].every(([name, text]) => b.undeclared.get(name) === text)
  );
}

/** Whether there is nothing at all. */
export function isEmpty({ declared, undeclared }: RowContent): boolean {
  return undeclared.size === 0 && declared.every((text) => text === undefined);
}

/** Whether a row holds what a merge brings, and no longer what it takes away. */
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
      return `number ${row.number(slot)}`; // the wire cannot tell an integral Double from an Int32, nor Azurite -0 from 0
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
