import { Entity, ETag, PartitionKey, Property, RowKey } from 'entitable';

/** An account of a branch. Each branch is one partition, so a transaction can change several of its accounts. */
@Entity({ table: 'SampleBank', rowKey: 'account|{number}' })
export class Account {
  @PartitionKey() branch!: PartitionKey;
  @RowKey() number!: RowKey;
  @Property({ type: 'Int32' }) balance!: number;
  @Property({ type: 'String' }) note?: string | undefined;
  @ETag() etag?: ETag;
}

/** A line in the journal of a branch. It shares the table and the partition with the accounts. */
@Entity({ table: 'SampleBank', rowKey: 'entry|{serial}' })
export class Entry {
  @PartitionKey() branch!: PartitionKey;
  @RowKey() serial!: RowKey;
  @Property({ type: 'String' }) text!: string;
}

export function account(branch: string, number: string, balance: number): Account {
  return Object.assign(new Account(), { branch, number, balance });
}

export function entry(branch: string, serial: string, text: string): Entry {
  return Object.assign(new Entry(), { branch, serial, text });
}
