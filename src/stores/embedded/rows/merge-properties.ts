import type { EdmType } from '../../../edm/edm-type.js';
import type { RowReader, RowShape, RowWriter, Slot } from '../../../store/row.js';
import type { Layout } from './layout.js';

/**
 * The plan of a merge: the properties of the result, and whether each is copied from the change or from the stored row.
 */
export interface MergePlan {
  readonly shape: RowShape;
  readonly steps: readonly { readonly changed: boolean; readonly slot: Slot }[];
}

/**
 * Plans a merge. The result has the stored row's properties in their order, without the removed ones and with the new
 * types of those that the change sets, followed by the properties that only the change has.
 */
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

/** Writes the merged row. Both readers must have shapes that declare every property of their rows. */
export function writeMerged({ steps }: MergePlan, before: RowReader, change: RowReader, writer: RowWriter): void {
  steps.forEach(({ changed, slot }, target) => {
    const row = changed ? change : before;
    COPY[row.typeOf(slot)!](row, slot, writer, target);
  });
}

type Copy = (row: RowReader, slot: Slot, writer: RowWriter, target: Slot) => void;

const COPY: Readonly<Record<EdmType, Copy>> = {
  Binary: (row, slot, writer, target) => writer.binary(target, row.binary(slot)),
  Boolean: (row, slot, writer, target) => writer.boolean(target, row.boolean(slot)),
  DateTime: (row, slot, writer, target) => writer.dateTime(target, row.milliseconds(slot), row.ticks(slot)),
  Double: (row, slot, writer, target) => writer.double(target, row.number(slot)),
  Guid: (row, slot, writer, target) => writer.guid(target, row.guid(slot).toString()),
  Int32: (row, slot, writer, target) => writer.int32(target, row.number(slot)),
  Int64: (row, slot, writer, target) => writer.int64(target, row.int64(slot)),
  String: (row, slot, writer, target) => writer.string(target, row.string(slot)),
};
