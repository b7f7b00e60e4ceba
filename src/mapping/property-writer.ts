import type { EdmType } from '../edm/edm-type.js';
import type { Guid } from '../edm/guid.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import type { RowReader, RowWriter, Slot } from '../store/row.js';

type Push = (writer: RowWriter, slot: Slot, value: never, before: RowReader | undefined) => void;

const PUSH: Readonly<Record<EdmType, Push>> = {
  Binary: (writer, slot, value: Uint8Array) => writer.binary(slot, value),
  Boolean: (writer, slot, value: boolean) => writer.boolean(slot, value),
  DateTime: (writer, slot, value: Date, before) =>
    writer.dateTime(slot, value.getTime(), unchangedTicks(slot, value, before)),
  Double: (writer, slot, value: number) => writer.double(slot, value),
  Guid: (writer, slot, value: Guid) => writer.guid(slot, value.toString()),
  Int32: (writer, slot, value: number) => writer.int32(slot, value + 0), // an Int32 has no -0
  Int64: (writer, slot, value: bigint) => writer.int64(slot, value),
  String: (writer, slot, value: string) => writer.string(slot, value),
};

/** A Date has milliseconds; one that nobody changed keeps the 100 ns that the row has. */
function unchangedTicks(slot: Slot, value: Date, before: RowReader | undefined): number {
  return before?.typeOf(slot) === 'DateTime' && before.milliseconds(slot) === value.getTime() ? before.ticks(slot) : 0;
}

/** A stored value on its way to a store. */
export interface PropertyValue {
  readonly property: PropertyMetadata;
  /** Converted and checked. */
  readonly stored: unknown;
}

/** Pushes one property; `before` is the row that the entity came from, where it is known. */
export function pushProperty(
  writer: RowWriter,
  { property: { type, slot }, stored }: PropertyValue,
  before: RowReader | undefined,
): void {
  PUSH[type](writer, slot, stored as never, before);
}
