import { expect } from 'chai';
import { PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { newestFirst } from '../../src/metadata/converters/date-keys.js';

/**
 * A decorator like `@ApiProperty()` of @nestjs/swagger: it reads the type that the compiler emits when it decorates.
 */
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

describe("The compiler's type of a key", () => {
  it("The compiler's type of a key is String for decorators above it, such as @ApiProperty, despite its mark", () => {
    expect(new Visit()).to.be.instanceOf(Visit);
    expect(told).to.deep.include({ site: String, id: String, seconds: Number });
    expect(told['at']).not.to.equal(String);
  });
});
