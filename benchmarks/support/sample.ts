import { Entity, Guid, PartitionKey, Property, RowKey } from 'entitable';

/** Plain data of an entity with ten properties of mixed EDM types, as typical entities have them. */
export interface SampleData {
  readonly partition: string;
  readonly row: string;
  readonly name: string;
  readonly city: string;
  readonly email: string;
  readonly count: number;
  readonly price: number;
  readonly active: boolean;
  readonly sequence: bigint;
  readonly createdAt: Date;
  readonly correlation: string;
  readonly hash: Uint8Array;
}

/** The same data as an entity class. */
@Entity({ table: 'Samples' })
export class Sample {
  @PartitionKey() partition!: PartitionKey;
  @RowKey() row!: RowKey;
  @Property({ type: 'String' }) name!: string;
  @Property({ type: 'String' }) city!: string;
  @Property({ type: 'String' }) email!: string;
  @Property({ type: 'Int32' }) count!: number;
  @Property({ type: 'Double' }) price!: number;
  @Property({ type: 'Boolean' }) active!: boolean;
  @Property({ type: 'Int64' }) sequence!: bigint;
  @Property({ type: 'DateTime' }) createdAt!: Date;
  @Property({ type: 'Guid' }) correlation!: Guid;
  @Property({ type: 'Binary' }) hash!: Uint8Array;
}

/** Creates the data of an entity. `count` cycles through 0…99, so that each value matches a hundredth of the rows. */
export function sample(partition: number, row: number): SampleData {
  const index = partition * 1000 + row;
  return {
    partition: `p${String(partition).padStart(4, '0')}`,
    row: `r${String(row).padStart(8, '0')}`,
    name: `Customer number ${index}`,
    city: index % 3 === 0 ? 'Zürich' : 'Amsterdam',
    email: `customer${index}@example.org`,
    count: index % 100,
    price: index * 1.25 + 0.5,
    active: index % 2 === 0,
    sequence: BigInt(index) << 24n,
    createdAt: new Date(1_750_000_000_000 + index * 1000),
    correlation: `c9da6455-213d-42c9-9a79-${index.toString(16).padStart(12, '0')}`,
    hash: new Uint8Array(16).fill(index & 0xff),
  };
}

/** Creates an entity from the data. */
export function sampleEntity(data: SampleData): Sample {
  return Object.assign(new Sample(), { ...data, correlation: Guid.parse(data.correlation) });
}
