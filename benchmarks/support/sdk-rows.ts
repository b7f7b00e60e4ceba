import { Guid } from 'entitable';
import { Sample, type SampleData } from './sample.js';

/** A sample as the SDK returns it. */
export interface SdkSample extends Omit<SampleData, 'partition' | 'row' | 'correlation'> {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly correlation: { readonly value: string };
}

/** Converts a sample to the SDK's form, which stores exact types. */
export function rowOf({ partition, row, price, correlation, hash, ...rest }: SampleData): {
  partitionKey: string;
  rowKey: string;
} {
  return {
    partitionKey: partition,
    rowKey: row,
    ...rest,
    ...({
      price: { type: 'Double', value: String(price) },
      correlation: { type: 'Guid', value: correlation },
      hash: Buffer.from(hash),
    } as object),
  };
}

/** Creates an entity from the SDK's form, property by property, which is the fastest way. */
export function entityOf({
  partitionKey,
  rowKey,
  name,
  city,
  email,
  count,
  price,
  active,
  sequence,
  createdAt,
  correlation,
  hash,
}: SdkSample): Sample {
  const entity = new Sample();
  entity.partition = partitionKey;
  entity.row = rowKey;
  entity.name = name;
  entity.city = city;
  entity.email = email;
  entity.count = count;
  entity.price = price;
  entity.active = active;
  entity.sequence = sequence;
  entity.createdAt = createdAt;
  entity.correlation = Guid.parse(correlation.value);
  entity.hash = hash;
  return entity;
}
