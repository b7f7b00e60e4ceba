import { Entity, Guid, PartitionKey, Property, RowKey } from 'entitable';

/** An entity without explicit types: the compiler must emit them. */
@Entity({ table: 'Readings' })
export class Reading {
  @PartitionKey() deviceId!: PartitionKey;
  @RowKey() readingId!: RowKey;
  @Property() value!: number;
  @Property() label!: string;
  @Property() valid!: boolean;
  @Property() sequence!: bigint;
  @Property() takenAt!: Date;
  @Property() batch!: Guid;
  @Property() raw!: Uint8Array;
}
