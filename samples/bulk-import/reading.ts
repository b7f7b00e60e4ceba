import { Min } from 'class-validator';
import { Entity, PartitionKey, Property, RowKey } from 'entitable';

/** One measurement of a sensor. */
@Entity({ table: 'SampleReadings' })
export class Reading {
  @PartitionKey() sensor!: PartitionKey;
  @RowKey() at!: RowKey;
  @Property() celsius!: number;
  @Property({ type: 'Int32' }) @Min(0) humidity!: number;
}
