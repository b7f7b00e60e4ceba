import { exactTicks } from '../edm/date-time.js';
import type { Guid } from '../edm/guid.js';
import type { PropertyMetadata } from '../metadata/entity-metadata.js';
import type { RowReader, RowWriter, Slot } from '../store/row.js';

/**
 * Pushes the stored value of one property; `before` is the row that the entity came from, where it is known. A switch, because every
 * property of every row comes by: a table of functions would cost a call.
 */
export function pushProperty(
  writer: RowWriter,
  { type, slot, converter }: PropertyMetadata,
  stored: unknown,
  before: RowReader | undefined,
): void {
  switch (type) {
    case 'String':
      return writer.string(slot, stored as string);
    case 'Int32':
      return writer.int32(slot, (stored as number) + 0); // an Int32 has no -0
    case 'Double':
      return writer.double(slot, stored as number);
    case 'Boolean':
      return writer.boolean(slot, stored as boolean);
    case 'DateTime':
      return writer.dateTime(
        slot,
        (stored as Date).getTime(),
        ticksOf(slot, stored as Date, before, converter !== undefined),
      );
    case 'Int64':
      return writer.int64(slot, stored as bigint);
    case 'Guid':
      return writer.guid(slot, (stored as Guid).toString());
    case 'Binary':
      return writer.binary(slot, stored as Uint8Array);
    default:
      return type satisfies never;
  }
}

/** A Date has milliseconds, unless a converter made it; one that nobody changed keeps the 100 ns that the row has. */
function ticksOf(slot: Slot, value: Date, before: RowReader | undefined, isConverted: boolean): number {
  const exact = isConverted ? exactTicks(value) : undefined;
  if (exact !== undefined) return exact;
  return before?.typeOf(slot) === 'DateTime' && before.milliseconds(slot) === value.getTime() ? before.ticks(slot) : 0;
}

/** A stored value on its way to a store. */
export interface PropertyValue {
  readonly property: PropertyMetadata;
  /** Converted and checked. */
  readonly stored: unknown;
}
