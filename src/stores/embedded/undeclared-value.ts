import { formatDateTime } from '../../edm/date-time.js';
import { doubleText } from '../../edm/literal.js';
import type { RowReader, Slot, UndeclaredValue } from '../../store/row.js';

/** A present property with its exact text as on the wire, or its bytes. */
export function undeclaredValue(row: RowReader, slot: Slot): UndeclaredValue {
  const type = row.typeOf(slot)!;
  switch (type) {
    case 'Binary':
      return { type, bytes: row.binary(slot) };
    case 'Boolean':
      return { type, text: String(row.boolean(slot)) };
    case 'DateTime':
      return { type, text: formatDateTime(row.milliseconds(slot), row.ticks(slot)) };
    case 'Double':
      return { type, text: doubleText(row.number(slot)) };
    case 'Guid':
      return { type, text: row.guid(slot).toString() };
    case 'Int32':
      return { type, text: String(row.number(slot)) };
    case 'Int64':
      return { type, text: String(row.int64(slot)) };
    case 'String':
      return { type, text: row.string(slot) };
    default:
      return type satisfies never;
  }
}
