import { Entity, index, newestFirst, PartitionKey, Property, RowKey } from '../../src/index.js';

/** A class with a unique index, and with one that is sorted by two properties and holds a third. */
@Entity({ table: 'Users', rowKey: 'user|{id}' })
export class User {
  static readonly byEmail = index({ on: ['email'], unique: true });
  static readonly byPlan = index({ on: ['plan', ['joinedAt', newestFirst]], project: ['name', 'score'] });
  static readonly byName = index({ on: ['name'], building: true });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) email?: string | undefined;
  @Property({ type: 'String' }) plan?: string | undefined;
  @Property({ type: 'DateTime' }) joinedAt?: Date | undefined;
  @Property({ type: 'String' }) name?: string | undefined;
  @Property({ type: 'Int32' }) score?: number | undefined;
  @Property({ type: 'String' }) note?: string | undefined;
}

/** Returns a user of the tenant t. */
export function user(id: string, values: Partial<User> = {}): User {
  return Object.assign(new User(), { tenant: 't', id, ...values });
}

/** Returns the first day of a month of 2026. */
export function month(number: number): Date {
  return new Date(Date.UTC(2026, number - 1, 1));
}
