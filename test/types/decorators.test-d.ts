// Type tests of the decorators. The file compiles only if every @ts-expect-error is needed.
import {
  ascendingBigInt,
  decimal,
  defineEntity,
  Entity,
  enumOf,
  ETag,
  Guid,
  guidKey,
  json,
  newestFirst,
  oneOf,
  PartitionKey,
  Property,
  RowKey,
  Timestamp,
  type Converter,
  type Defaulted,
} from '../../src/index.js';

interface Address {
  readonly street: string;
}

enum Level {
  Low,
  High,
}

// ── valid declarations ─────────────────────────────────────────────────────────────────────────
@Entity({ table: 'Fine' })
export class Fine {
  @PartitionKey() partition!: PartitionKey;
  @RowKey({ converter: newestFirst, name: 'at', type: 'DateTime' }) at!: RowKey<Date>;
  @Property() text!: string;
  @Property() optional?: string;
  @Property({ type: 'String' }) nullable!: string | null;
  @Property({ type: 'String' }) union!: 'a' | 'b';
  @Property({ type: 'Int32' }) int!: number;
  @Property({ type: 'Int64' }) long!: bigint;
  @Property({ type: 'Guid' }) guid!: Guid;
  @Property({ type: 'Binary' }) bytes!: Buffer;
  @Property({ converter: json<Address>() }) address?: Address;
  @Property({ converter: oneOf('a', 'b') }) checked!: 'a' | 'b';
  @Property({ converter: enumOf(Level) }) level!: Level;
  @Property({ converter: decimal({ scale: 2 }) }) price!: string;
  @Property({ name: 'other', default: 5 }) renamed!: number;
  @ETag() etag?: string;
  @Timestamp() updatedAt?: Date;
}

// ── a property's type matches its decorator ────────────────────────────────────────────────────
export class Misdeclared {
  // @ts-expect-error an Int64 is a bigint
  @Property({ type: 'Int64' }) a!: number;
  // @ts-expect-error an Int32 is a number
  @Property({ type: 'Int32' }) b!: bigint;
  // @ts-expect-error a Double is a number
  @Property({ type: 'Double' }) c!: string;
  // @ts-expect-error a Boolean is a boolean
  @Property({ type: 'Boolean' }) d!: string;
  // @ts-expect-error a DateTime is a Date
  @Property({ type: 'DateTime' }) e!: string;
  // @ts-expect-error a Guid is not a string
  @Property({ type: 'Guid' }) f!: string;
  // @ts-expect-error a Binary is a Uint8Array
  @Property({ type: 'Binary' }) g!: number[];
  // @ts-expect-error a String is a string
  @Property({ type: 'String' }) h!: number;
  // @ts-expect-error there is no such EDM type
  @Property({ type: 'Decimal' }) i!: number;
  // @ts-expect-error an object needs a converter
  @Property() j!: Address;
  // @ts-expect-error an array needs a converter
  @Property() k!: string[];
  // @ts-expect-error a Map needs a converter
  @Property() l!: Map<string, string>;
  // @ts-expect-error this converter is for addresses
  @Property({ converter: json<Address>() }) m!: { readonly zip: number };
  // @ts-expect-error this converter is for 'a' and 'b'
  @Property({ converter: oneOf('a', 'b') }) n!: 'a' | 'c';
  // @ts-expect-error this converter is for texts
  @Property({ converter: decimal() }) o!: number;
  // @ts-expect-error a method is not a property
  @Property() p(): void {}
  // @ts-expect-error an ETag is a string
  @ETag() q!: number;
  // @ts-expect-error a timestamp is a Date
  @Timestamp() r!: string;
  // @ts-expect-error there is no such option
  @Property({ column: 'x' }) s!: string;
}

// ── a default has the property's own type ──────────────────────────────────────────────────────
const anyText: string = 'text';
export class Defaults {
  @Property({ type: 'String', default: 'a' }) a!: Defaulted<'a' | 'b'>;
  @Property({ type: 'String', default: 'a' }) b?: 'a' | 'b' | null;
  @Property({ type: 'String', default: () => 'a' }) c!: Defaulted<'a' | 'b'>;
  @Property({ converter: json<string[]>(), default: () => [] }) d!: Defaulted<string[]>;
  @Property({ converter: json<Address>(), default: () => ({ street: '' }) }) e!: Address;
  @Property({ converter: json<Record<string, number>>(), default: () => ({}) }) f!: Record<string, number>;
  @Property({ converter: json<unknown>(), default: () => ({}) }) g!: unknown;
  @Property({ type: 'DateTime', default: () => new Date() }) h!: Date;
  @Property({ type: 'Guid', default: Guid.random() }) i!: Guid;
  @Property({ type: 'Binary', default: () => Buffer.alloc(1) }) j!: Uint8Array;
  @Property({ converter: enumOf(Level), default: Level.Low }) k!: Defaulted<Level>;
  @Property({ converter: oneOf('a', 'b'), default: 'a' }) l!: Defaulted<'a' | 'b'>;
  @Property({ default: anyText }) m!: string;
  @Property({ default: true }) n!: Defaulted<boolean>;
  @Property({ default: undefined }) o?: string;
  @Property({ default: null }) p?: string | null;
  @Property({ default: 0n }) q!: bigint;
  @Property({ default: 5 as never }) r!: string;
  @Property({ type: 'String', default: 'x' }) get s(): string {
    return '';
  }
  set s(_value: string) {}
}
export class Misdefaulted {
  // @ts-expect-error the default of a number is a text
  @Property({ type: 'Int32', default: 'x' }) a!: number;
  // @ts-expect-error the default of a text is a number, even without an explicit EDM type
  @Property({ default: 5 }) b!: string;
  // @ts-expect-error the union has no such literal
  @Property({ type: 'String', default: 'c' }) c!: Defaulted<'a' | 'b'>;
  // @ts-expect-error the default may be any text, but the property only two
  @Property({ type: 'String', default: anyText }) d!: Defaulted<'a' | 'b'>;
  // @ts-expect-error the default of a bigint is a number
  @Property({ type: 'Int64', default: 0 }) e?: bigint;
  // @ts-expect-error the function returns a number
  @Property({ type: 'String', default: () => 5 }) f!: string;
  // @ts-expect-error the function returns a promise
  @Property({ type: 'DateTime', default: async () => new Date() }) g!: Date;
  // @ts-expect-error the function returns another type of object
  @Property({ converter: json<Address>(), default: () => ({ zip: 1 }) }) h!: Address;
  // @ts-expect-error all entities would share this object
  @Property({ converter: json<Address>(), default: { street: '' } }) i!: Address;
  // @ts-expect-error all entities would share this array
  @Property({ converter: json<string[]>(), default: [] }) j!: string[];
  // @ts-expect-error all entities would share this date
  @Property({ type: 'DateTime', default: new Date() }) k!: Date;
  // @ts-expect-error the default is a bigint, but the property is a number
  @Property({ type: 'Int64', default: 0n }) l!: number;
  // @ts-expect-error the accessor returns a text
  @Property({ type: 'String', default: 5 }) get m(): string {
    return '';
  }
  set m(_value: string) {}
  // @ts-expect-error a key has no default
  @RowKey({ default: 'x' }) n!: RowKey;
}

// ── keys are strings, or have a converter ──────────────────────────────────────────────────────
export class MisdeclaredKeys {
  // @ts-expect-error a key that is not a string needs a converter
  @RowKey() a!: RowKey<Date>;
  // @ts-expect-error a key that is not a string needs a converter
  @PartitionKey() b!: number;
  // @ts-expect-error this converter is for dates
  @RowKey({ converter: newestFirst }) c!: RowKey<number>;
  // @ts-expect-error this converter is for bigints
  @RowKey({ converter: ascendingBigInt }) d!: RowKey<Date>;
  // @ts-expect-error this converter is for Guids
  @PartitionKey({ converter: guidKey }) e!: PartitionKey;
  // @ts-expect-error bytes cannot be a key
  @PartitionKey() f!: PartitionKey<Uint8Array>;
  @RowKey({ converter: guidKey }) fine!: RowKey<Guid>;
}

// ── templates match their class ────────────────────────────────────────────────────────────────
// @ts-expect-error '{tenant}' is not a key property
@Entity({ table: 'Any', partitionKey: '{tenant}' })
export class WrongPlaceholder {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: RowKey;
}

// @ts-expect-error '{id}' is a property of the other key
@Entity({ table: 'Any', partitionKey: '{tenantId}|{id}' })
export class OtherKey {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: RowKey;
}

// @ts-expect-error the template leaves out 'year'
@Entity({ table: 'Any', rowKey: 'R|{id}' })
export class IncompleteTemplate {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: RowKey;
  @RowKey() year!: RowKey;
}

// @ts-expect-error two parts need a separator
@Entity({ table: 'Any', rowKey: '{id}{year}' })
export class Unseparated {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: RowKey;
  @RowKey() year!: RowKey;
}

// @ts-expect-error a key cannot contain #
@Entity({ table: 'Any', rowKey: 'R#{id}' })
export class Hash {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: RowKey;
}

// @ts-expect-error a key cannot contain /
@Entity({ table: 'Any', rowKey: '{id}/{year}' })
export class Slash {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: RowKey;
  @RowKey() year!: RowKey;
}

// @ts-expect-error ~ is reserved for escaping
@Entity({ table: 'Any', rowKey: 'R~{id}' })
export class Tilde {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: RowKey;
}

// @ts-expect-error a template cannot be empty
@Entity({ table: 'Any', rowKey: '' })
export class EmptyTemplate {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: RowKey;
}

// @ts-expect-error several parts need a template
@Entity({ table: 'Any' })
export class SeveralParts {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: RowKey;
  @RowKey() year!: RowKey;
}

// @ts-expect-error the row key is not marked
@Entity({ table: 'Any' })
export class HalfMarked {
  @PartitionKey() tenantId!: PartitionKey;
  @RowKey() id!: string;
}

@Entity({ table: 'Any', rowKey: 'profile' })
export class ConstantRowKey {
  @PartitionKey() tenantId!: PartitionKey;
}

// @ts-expect-error the table is always named
@Entity({})
export class Unnamed {}

// @ts-expect-error @Entity takes options
@Entity()
export class WithoutOptions {}

@Entity({ table: 'Any', partitionKey: 'TENANT|{tenantId}|{stream}', rowKey: 'order|{id}' })
export class FineTemplates {
  @PartitionKey() tenantId!: PartitionKey;
  @PartitionKey() stream!: PartitionKey;
  @RowKey() id!: RowKey;
}

// ── the same rules without decorators ──────────────────────────────────────────────────────────
class Reading {
  device!: PartitionKey;
  at!: RowKey<Date>;
  value!: number;
  raw?: Address;
  describe(): string {
    return this.device;
  }
}
defineEntity(Reading, {
  table: 'Readings',
  properties: {
    device: 'PartitionKey',
    at: { key: 'RowKey', converter: newestFirst },
    value: 'Double',
    raw: { converter: json<Address>() },
  },
});
// @ts-expect-error the table is always named
defineEntity(Reading, { properties: {} });
// @ts-expect-error an Int64 is a bigint
defineEntity(Reading, { table: 'Any', properties: { value: 'Int64' } });
// @ts-expect-error this converter is for addresses
defineEntity(Reading, { table: 'Any', properties: { value: { converter: json<Address>() } } });
// @ts-expect-error there is no such property
defineEntity(Reading, { table: 'Any', properties: { valu: 'Double' } });
// @ts-expect-error a method is not a property
defineEntity(Reading, { table: 'Any', properties: { describe: 'String' } });
// @ts-expect-error an object has no EDM type
defineEntity(Reading, { table: 'Any', properties: { raw: 'String' } });

class KeyedTwice {
  tenant!: PartitionKey;
  id!: RowKey;
  year!: RowKey;
}
defineEntity(KeyedTwice, {
  table: 'Any',
  rowKey: '{year}|{id}',
  properties: { tenant: 'PartitionKey', id: 'RowKey', year: 'RowKey' },
});
// @ts-expect-error the template leaves out 'year'
defineEntity(KeyedTwice, { table: 'Any', rowKey: 'R|{id}', properties: {} });
// @ts-expect-error several parts need a template
defineEntity(KeyedTwice, { table: 'Any', properties: {} });
class KeyedOnce {
  tenant!: PartitionKey;
  id!: string;
}
defineEntity(KeyedOnce, { table: 'Any', rowKey: 'profile', properties: { tenant: 'PartitionKey' } });
// @ts-expect-error the row key is not marked
defineEntity(KeyedOnce, { table: 'Any', properties: { tenant: 'PartitionKey', id: 'RowKey' } });
declare const anyTemplate: string;
defineEntity(KeyedOnce, { table: 'Any', rowKey: anyTemplate, properties: { tenant: 'PartitionKey' } });

// ── converters check the types of both sides ───────────────────────────────────────────────────
export const url: Converter<URL, 'String'> = { type: 'String', toStored: String, fromStored: (text) => new URL(text) };
// @ts-expect-error a String is stored as a string
export const wrong: Converter<URL, 'String'> = { ...url, toStored: () => 5 };
// @ts-expect-error oneOf accepts only strings
oneOf(1, 2);
// @ts-expect-error at least one name is needed
oneOf();
