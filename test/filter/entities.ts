import { Entity, ETag, PartitionKey, Property, RowKey, Timestamp } from '../../decorators/index.js';
import type { Guid } from '../../src/edm/guid.js';
import type { Converter } from '../../src/metadata/converter.js';
import { newestFirst, oldestFirst } from '../../src/metadata/converters/date-keys.js';
import { guidKey } from '../../src/metadata/converters/integer-keys.js';
import { json } from '../../src/metadata/converters/json.js';
import { oneOf } from '../../src/metadata/converters/one-of.js';

export interface Address {
  readonly street: string;
}

const backwards: Converter<number, 'Int32'> = {
  type: 'Int32',
  order: 'reversed',
  toStored: (n) => -n,
  fromStored: (n) => -n,
};

/** An entity with every kind of property and plain keys. */
@Entity({ table: 'Orders' })
export class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'Double' }) total!: number;
  @Property({ type: 'Int32' }) items!: number;
  @Property({ type: 'Int64' }) sequence!: bigint;
  @Property({ type: 'DateTime' }) placedAt!: Date;
  @Property({ type: 'Guid' }) correlation!: Guid;
  @Property({ type: 'Binary' }) signature?: Uint8Array;
  @Property({ type: 'Boolean' }) paid!: boolean;
  @Property({ converter: oneOf('open', 'shipped', 'cancelled') }) status!: 'open' | 'shipped' | 'cancelled';
  @Property({ name: 'contact_email', type: 'String' }) email?: string | null;
  @Property({ converter: json<Address>() }) address?: Address;
  @Property({ converter: backwards }) rank?: number;
  @ETag() etag?: string;
  @Timestamp() updatedAt?: Date;

  isLarge(): boolean {
    return this.total > 1000;
  }
}

/**
 * An entity with composed keys: converters of both orders and of none, and parts that are also stored as properties.
 */
@Entity({ table: 'Events', partitionKey: 'TENANT|{tenantId}|{stream}', rowKey: 'event|{kind}|{at}|{id}|{source}' })
export class DomainEvent {
  @PartitionKey() tenantId!: PartitionKey;
  @PartitionKey({ name: 'stream' }) stream!: PartitionKey;
  @RowKey() kind!: RowKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @RowKey({ converter: guidKey, name: 'eventId', type: 'Guid' }) id!: RowKey<Guid>;
  @RowKey() source!: RowKey;
  @Property({ type: 'String' }) payload?: string;
}

/**
 * An entity whose row key has a date before text and a literal after the last part, and whose partition key has no
 * parts.
 */
@Entity({ table: 'Days', partitionKey: 'DAYS', rowKey: '{day}x{name}|end' })
export class Day {
  @RowKey({ converter: oldestFirst }) day!: Date;
  @RowKey() name!: string;
}
