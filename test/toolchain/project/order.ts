import { Entity, ETag, Guid, PartitionKey, Property, RowKey, Timestamp } from 'entitable';

/** An entity with explicit types, which work with every compiler. */
@Entity({ table: 'Orders' })
export class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'Double' }) total!: number;
  @Property({ type: 'Int64' }) sequence!: bigint;
  @Property({ type: 'DateTime' }) placedAt!: Date;
  @Property({ type: 'Guid' }) correlation!: Guid;
  @Property({ type: 'Binary' }) signature?: Uint8Array;
  @Property({ type: 'String' }) note!: string | null;
  @ETag() etag?: ETag;
  @Timestamp() updatedAt?: Timestamp;
}
