import type { RowReader, RowShape, RowWriter, Slot } from '../../store/row.js';
import type { Layout } from './layout.js';

/** How two rows become one: the properties of the result, and where each comes from. */
export interface MergePlan {
  readonly shape: RowShape;
  readonly steps: readonly { readonly changed: boolean; readonly slot: Slot }[];
}

/** Plans a merge: the row's properties in their order, changed ones with their new type, removed ones left out, new ones last. */
export function planMerge(before: Layout, change: Layout, remove: readonly string[] | undefined): MergePlan {
  const removed = new Set(remove);
  const kept = before.shape.properties.filter(({ name }) => !removed.has(name) || change.slots.has(name));
  const added = change.shape.properties.filter(({ name }) => !before.slots.has(name));
  const origins = [...kept, ...added].map((property) => {
    const changedSlot = change.slots.get(property.name);
    return changedSlot === undefined
      ? { property, step: { changed: false, slot: before.slots.get(property.name)! } }
      : { property: change.shape.properties[changedSlot]!, step: { changed: true, slot: changedSlot } };
  });
  return {
    shape: { properties: origins.map(({ property }) => property) },
    steps: origins.map(({ step }) => step),
  };
}

/** Writes the merged row: both readers stand on whole rows. */
export function writeMerged({ steps }: MergePlan, before: RowReader, change: RowReader, writer: RowWriter): void {
  steps.forEach(({ changed, slot }, target) => copyProperty(changed ? change : before, slot, writer, target));
}

function copyProperty(row: RowReader, slot: Slot, writer: RowWriter, target: Slot): void {
  const type = row.typeOf(slot)!;
  switch (type) {
    case 'Binary':
      return writer.binary(target, row.binary(slot));
    case 'Boolean':
      return writer.boolean(target, row.boolean(slot));
    case 'DateTime':
      return writer.dateTime(target, row.milliseconds(slot), row.ticks(slot));
    case 'Double':
      return writer.double(target, row.number(slot));
    case 'Guid':
      return writer.guid(target, row.guid(slot));
    case 'Int32':
      return writer.int32(target, row.number(slot));
    case 'Int64':
      return writer.int64(target, row.int64(slot));
    case 'String':
      return writer.string(target, row.string(slot));
    default:
      return type satisfies never;
  }
}
