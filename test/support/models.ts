import { Entity, ETag, PartitionKey, Property, RowKey, Timestamp } from '../../decorators/index.js';
import type { Guid } from '../../src/edm/guid.js';
import { newestFirst } from '../../src/metadata/converters/date-keys.js';
import { json } from '../../src/metadata/converters/json.js';

export interface Address {
  readonly street: string;
  readonly city?: string;
}

/** An entity with every EDM type, a renamed property, a converted one, an ETag and a timestamp. */
@Entity({ table: 'Orders' })
export class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'Double' }) total!: number;
  @Property({ type: 'Int32' }) items!: number;
  @Property({ type: 'Int64' }) sequence?: bigint | undefined;
  @Property({ type: 'DateTime' }) placedAt?: Date | undefined;
  @Property({ type: 'Guid' }) correlation?: Guid | undefined;
  @Property({ type: 'Binary' }) signature?: Uint8Array | undefined;
  @Property({ type: 'Boolean' }) paid?: boolean | undefined;
  @Property({ type: 'String' }) status?: 'open' | 'shipped' | 'cancelled' | undefined;
  @Property({ type: 'String', name: 'contact_email' }) email?: string | null | undefined;
  @Property({ converter: json<Address>() }) address?: Address | undefined;
  @ETag() etag?: string | undefined;
  @Timestamp() updatedAt?: Date | undefined;

  isLarge(): boolean {
    return this.total > 1000;
  }
}

/** The same table as a program with other properties sees it. */
@Entity({ table: 'Orders' })
export class Foreign {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'String' }) note?: string | undefined;
  @Property({ type: 'Double' }) weight?: number | undefined;
  @Property({ type: 'Int64' }) big?: bigint | undefined;
}

/** An entity without `@ETag`: the loaded ETag is only remembered. */
@Entity({ table: 'Settings' })
export class Setting {
  @PartitionKey() scope!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property({ type: 'String' }) value?: string | undefined;
}

/** An entity with composed keys, newest first. */
@Entity({ table: 'Events', partitionKey: 'TENANT|{tenantId}|{stream}', rowKey: '{at}|{eventId}' })
export class DomainEvent {
  @PartitionKey() tenantId!: PartitionKey;
  @PartitionKey() stream!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @RowKey() eventId!: RowKey;
  @Property({ converter: json<unknown>() }) payload?: unknown;
}

/** An entity whose keys are not marked in its types; it is addressed by `{ partitionKey, rowKey }`. */
@Entity({ table: 'Unmarked' })
export class Unmarked {
  @PartitionKey() p!: string;
  @RowKey() r!: string;
  @Property({ type: 'String' }) value?: string | undefined;
}

export function order(changes: Partial<Order> = {}): Order {
  return Object.assign(new Order(), { customerId: 'c1', orderId: 'o1', total: 10.5, items: 1, ...changes });
}
