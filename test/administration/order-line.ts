import { Entity, PartitionKey, Property, RowKey } from '../../decorators/index.js';

/** Shares its table with orders: told from them by its row key. */
@Entity({ table: 'Orders', rowKey: 'line|{number}' })
export class OrderLine {
  @PartitionKey() orderId!: PartitionKey;
  @RowKey() number!: RowKey;
  @Property({ type: 'String' }) text?: string | undefined;
}
