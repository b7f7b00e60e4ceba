import { Entity, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import type { DataSource } from '../../src/data-source/data-source.js';
import { index } from '../../src/metadata/indexes/declaration.js';

/** A class with a unique index, one in each kind of place, and one that is being built. */
@Entity({ table: 'Indexed', rowKey: 'i|{id}' })
class Indexed {
  static readonly byText = index({ on: ['text'], unique: true });
  static readonly byPlace = index({ partition: ['place'], unique: true });
  static readonly byNote = index({ on: ['note'], building: true });
  @PartitionKey() p!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) text?: string;
  @Property({ type: 'String' }) place?: string;
  @Property({ type: 'String' }) note?: string;
}

const twice = (values: Partial<Indexed>) => async (db: DataSource) => {
  for (const id of ['1', '2'])
    await db.repository(Indexed).insert(Object.assign(new Indexed(), { p: 'p', id, ...values }));
};

/** Calls on a class with indexes that are refused although, or because, a property has the value of `mark`. */
export const refusedByIndexes = (mark: string) =>
  [
    ['entity.not-unique', twice({ text: mark })],
    ['entity.not-unique', twice({ place: mark })],
    [
      'query.not-covered',
      (db: DataSource) =>
        db
          .repository(Indexed)
          .by(Indexed.byText, { p: 'p', text: mark })
          .where((one) => one.note.eq(mark))
          .toArray(),
    ],
    [
      'query.index-building',
      (db: DataSource) => db.repository(Indexed).by(Indexed.byNote, { p: 'p', note: mark }).toArray(),
    ],
  ] as const;
