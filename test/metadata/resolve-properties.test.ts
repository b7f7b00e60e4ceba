import { expect } from 'chai';
import { PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { newestFirst } from '../../src/metadata/converters/date-keys.js';

/** What `@ApiProperty()` of @nestjs/swagger does: it takes the type that the compiler tells when it decorates. */
const told: Record<string, unknown> = {};
function ApiProperty(): PropertyDecorator {
  return (target, property) => {
    told[String(property)] = (Reflect as { getMetadata?: (...args: unknown[]) => unknown }).getMetadata?.(
      'design:type',
      target,
      property,
    );
  };
}

class Visit {
  @ApiProperty() @PartitionKey() site!: PartitionKey;
  @ApiProperty() @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @ApiProperty() @RowKey() id!: RowKey;
  @ApiProperty() @Property() seconds!: number;
}

describe('The type that a compiler tells of a key', () => {
  it('is a string to decorators above, such as @ApiProperty, although its mark is none', () => {
    expect(new Visit()).to.be.instanceOf(Visit);
    expect(told).to.deep.include({ site: String, id: String, seconds: Number });
    expect(told['at']).not.to.equal(String);
  });
});
