// The exports of a library of entities: the compiler must be able to name their types in its declarations.
import {
  DataSource,
  Entity,
  ETag,
  Guid,
  json,
  PartitionKey,
  Property,
  Repository,
  RowKey,
  Timestamp,
  type KeyOf,
} from 'entitable';

export interface Address {
  readonly city: string;
}

@Entity({ table: 'Orders' })
export class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property() total!: number;
  @Property({ type: 'Int32' }) items!: number;
  @Property() placedAt!: Date;
  @Property() correlation!: Guid;
  @Property() signature?: Uint8Array;
  @Property({ converter: json<Address>() }) address?: Address;
  @ETag() etag?: ETag;
  @Timestamp() updatedAt?: Timestamp;
}

export class Orders extends Repository.of(Order) {
  large(customerId: string) {
    return this.query({ customerId }).where('total', 'gt', 1000);
  }
}

export const tables = await DataSource.open('memory:');
export const orders = tables.repository(Orders);
export const totals = orders
  .query({ customerId: 'c1' })
  .where((o) => o.total.gt(10).and(o.items.ge(1)))
  .select('orderId', 'total');
export const key: KeyOf<Order> = { customerId: 'c1', orderId: 'o1' };
export const firstTotal = async () => (await totals.first())?.total;
