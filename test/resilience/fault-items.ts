import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';

/** What the workers of a fault run write. */
@Entity({ table: 'Items' })
export class Item {
  @PartitionKey() owner!: PartitionKey;
  @RowKey() name!: RowKey;
  /** Of one operation only: tells who wrote last. */
  @Property({ type: 'String' }) writer?: string | undefined;
  @Property({ type: 'Int32' }) count?: number | undefined;
  @Property({ type: 'Double' }) weight?: number | undefined;
  @Property({ type: 'String' }) note?: string | undefined;
  @ETag() etag?: string | undefined;
}

/** What a row holds, as far as its owner knows. */
export interface Content {
  readonly writer?: string | undefined;
  readonly count?: number | undefined;
  readonly weight?: number | undefined;
  readonly note?: string | undefined;
}

/** An item's content as one text, to compare. */
export function textOf(content: Content | undefined): string {
  if (content === undefined) return 'no row';
  const { writer, count, weight, note } = content;
  return JSON.stringify([writer, count, weight, note]);
}
