import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';

/** The entity that the workers of a fault run write. */
@Entity({ table: 'Items' })
export class Item {
  @PartitionKey() owner!: PartitionKey;
  @RowKey() name!: RowKey;
  /** Unique for each operation, so that it identifies the last writer. */
  @Property({ type: 'String' }) writer?: string | undefined;
  @Property({ type: 'Int32' }) count?: number | undefined;
  @Property({ type: 'Double' }) weight?: number | undefined;
  @Property({ type: 'String' }) note?: string | undefined;
  @ETag() etag?: string | undefined;
}

/** The content of a row, as far as its owner knows it. */
export interface Content {
  readonly writer?: string | undefined;
  readonly count?: number | undefined;
  readonly weight?: number | undefined;
  readonly note?: string | undefined;
}

/** Returns the content of an item as one text, for comparison. */
export function textOf(content: Content | undefined): string {
  if (content === undefined) return 'no row';
  const { writer, count, weight, note } = content;
  return JSON.stringify([writer, count, weight, note]);
}
