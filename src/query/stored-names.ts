import type { EntityMetadata } from '../metadata/entity-metadata.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type Slot } from '../store/row.js';

const SYSTEM_NAMES: ReadonlyMap<Slot, string> = new Map([
  [PARTITION_KEY, 'PartitionKey'],
  [ROW_KEY, 'RowKey'],
  [TIMESTAMP, 'Timestamp'],
]);

/** The stored names of slots. */
export function storedNames({ properties }: EntityMetadata, slots: readonly Slot[]): readonly string[] {
  return Object.freeze(slots.map((slot) => SYSTEM_NAMES.get(slot) ?? properties[slot]!.storedName));
}
