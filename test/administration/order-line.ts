import { Entity, PartitionKey, Property, RowKey } from '../../decorators/index.js';

/** A class that shares its table with `Order`. Its row key distinguishes its rows. */
@Entity({ table: 'Orders', rowKey: 'line|{number}' })
export class OrderLine {
  @PartitionKey() orderId!: PartitionKey;
  @RowKey() number!: RowKey;
  @Property({ type: 'String' }) text?: string | undefined;
}
