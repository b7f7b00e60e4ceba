import { IsEmail, IsOptional, Min } from 'class-validator';
import { Entity, ETag, PartitionKey, Property, RowKey } from 'entitable';

/** An order. Its row lies in the partition of the customer, in the table QuickstartOrders. */
@Entity({ table: 'QuickstartOrders' })
export class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property() placedAt!: Date;
  @Property() @Min(0) total!: number;
  @Property({ type: 'Int32' }) items!: number;
  @Property({ type: 'String' }) status!: 'open' | 'shipped' | 'cancelled';
  @Property({ name: 'contact_email' }) @IsOptional() @IsEmail() email?: string;
  @ETag() etag?: ETag;

  get summary(): string {
    return `${this.orderId}  ${this.total.toFixed(2).padStart(8)}  ${this.items} item${this.items === 1 ? ' ' : 's'}  ${this.status}`;
  }
}
