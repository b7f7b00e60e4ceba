import { Entity, ETag, index, PartitionKey, Property, RowKey } from '../../src/index.js';

/** A class with an index, and a unique one, with partitions of their own. */
@Entity({ table: 'Members', rowKey: 'member|{id}' })
export class Member {
  static readonly byEmail = index({ partition: ['email'], unique: true });
  static readonly byCountry = index({ partition: ['country'], on: ['city'], project: ['name'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @ETag() etag?: string;
  @Property({ type: 'String' }) email?: string | undefined;
  @Property({ type: 'String' }) country?: string | undefined;
  @Property({ type: 'String' }) city?: string | undefined;
  @Property({ type: 'String' }) name?: string | undefined;
  @Property({ type: 'String' }) note?: string | undefined;
}

/** Creates a member of the tenant `t`. */
export function member(id: string, values: Partial<Member> = {}): Member {
  return Object.assign(new Member(), { tenant: 't', id }, values);
}
