import { partitionId, type GroupRow, type TableWrite } from './batch.js';

/** A further row of a group, with the write to whose group it belongs. */
interface RowOfGroup<W> {
  readonly item: W;
  readonly row: GroupRow;
}

/**
 * Joins the writes of a unit of work whose groups contain the same row, e.g. the entry of a unique value that one
 * entity gives up and another one takes. Such writes form a set that must stay in one transaction; all other writes are
 * returned unchanged. A set takes the position of its first write, and its writes keep their order. If two groups write
 * the same row and neither deletes it, throws the row's `conflict()`, e.g. `entity.not-unique`.
 */
export function joinGroups<W extends TableWrite>(writes: readonly W[]): readonly (W | readonly W[])[] {
  if (!writes.some(({ others }) => others !== undefined)) return writes;
  const sets = new Map<W, W[]>();
  for (const [first, ...rest] of meetingsOf(writes)) {
    const [, rival] = [first!, ...rest].filter(({ row }) => row.write.mode !== 'delete');
    if (rival !== undefined) throw rival.row.conflict();
    for (const { item } of rest) join(sets, first!.item, item);
  }
  const ordered = new Map<readonly W[], W[]>();
  return writes.flatMap((item): readonly (W | readonly W[])[] => {
    const set = sets.get(item);
    if (set === undefined) return [item];
    const known = ordered.get(set);
    if (known !== undefined) {
      known.push(item);
      return [];
    }
    const members = [item];
    ordered.set(set, members);
    return [members];
  });
}

/** Joins the sets of two writes: the smaller one becomes part of the larger one. */
function join<W>(sets: Map<W, W[]>, left: W, right: W): void {
  const one = sets.get(left) ?? [left];
  const other = sets.get(right) ?? [right];
  const [small, large] = one.length < other.length ? [one, other] : [other, one];
  if (small !== large) large.push(...small);
  for (const item of [left, ...small]) sets.set(item, large);
  sets.set(right, large);
}

/** Returns the rows that several groups contain, each with the writes of these groups. */
function meetingsOf<W extends TableWrite>(writes: readonly W[]): readonly (readonly RowOfGroup<W>[])[] {
  const partitions = new Map<string, Map<string, RowOfGroup<W>[]>>();
  for (const item of writes) {
    if (item.others === undefined) continue;
    const id = partitionId(item);
    let byRowKey = partitions.get(id);
    if (byRowKey === undefined) partitions.set(id, (byRowKey = new Map<string, RowOfGroup<W>[]>()));
    for (const row of item.others) {
      const { rowKey } = row.write;
      const known = byRowKey.get(rowKey);
      if (known === undefined) byRowKey.set(rowKey, [{ item, row }]);
      else known.push({ item, row });
    }
  }
  return Array.from(partitions.values(), (byRowKey) => [...byRowKey.values()])
    .flat()
    .filter((rows) => rows.length > 1);
}
