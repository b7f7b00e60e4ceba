import type { EdmType } from '../src/edm/edm-type.js';
import type { EntitableTypeError, KeyValue, PartitionKeyMark, RowKeyMark } from '../src/metadata/key-types.js';
import type { AnyConverter, Converter } from '../src/metadata/converter.js';
import type { OptionNames } from '../src/options/check-option.js';
import { propertyDecorator, type PropertyDecoratorOf } from './record.js';

/** Options of `@PartitionKey` and `@RowKey`. */
export interface KeyOptions {
  /**
   * Converts the value to text that is stored in the key and sorts in the order of the values. Required unless the
   * property is a string.
   */
  readonly converter?: AnyConverter;
  /**
   * The name under which the key part is also stored as a property, for other programs and for filters that no key
   * range can express.
   */
  readonly name?: string;
  /**
   * The EDM type of the additional property that `name` declares. By default, that property is a String with the text
   * of the key part.
   */
  readonly type?: EdmType;
}

const KEY_NAMES: OptionNames<KeyOptions> = { converter: true, name: true, type: true };

type ValueOf<O> = O extends { readonly converter: Converter<infer V, 'String'> }
  ? V
  : | string
    | EntitableTypeError<'a key that is no string needs a converter: @RowKey({ converter: newestFirst }) for a Date'>;

/** Marks the type of a property that is part of the partition key: `customerId!: PartitionKey`. */
export type PartitionKey<V extends KeyValue = string> = PartitionKeyMark<V>;

/**
 * Stores a property as the partition key, or as the part of it that the template of `@Entity` names.
 *
 * A partition key has at most 1 KiB, i.e. 512 UTF-16 units. Without a template it must not contain `/ \ # ?` or control
 * characters.
 */
export function PartitionKey<const O extends KeyOptions = object>(options?: O): PropertyDecoratorOf<ValueOf<O>> {
  return keyDecorator('partition', options);
}

/** Marks the type of a property that is part of the row key: `orderId!: RowKey`. */
export type RowKey<V extends KeyValue = string> = RowKeyMark<V>;

/**
 * Stores a property as the row key, or as the part of it that the template of `@Entity` names.
 *
 * A row key has at most 1 KiB, i.e. 512 UTF-16 units (255 bytes of UTF-8 on Cosmos DB). Without a template it must not
 * contain `/ \ # ?` or control characters.
 */
export function RowKey<const O extends KeyOptions = object>(options?: O): PropertyDecoratorOf<ValueOf<O>> {
  return keyDecorator('row', options);
}

function keyDecorator<V>(role: 'partition' | 'row', options: KeyOptions | undefined): PropertyDecoratorOf<V> {
  const { converter, name: storedName, type } = options ?? {};
  const record = propertyDecorator<V>({ role, converter, storedName, type }, options, KEY_NAMES);
  return (target, property) => {
    record(target, property);
    if (converter === undefined) tellText(target, property);
  };
}

/**
 * Sets the `design:type` metadata of a key property to `String`, for code that reads the decorator metadata of
 * compilers, such as `@ApiProperty()`. For a type like `RowKey`, compilers emit `Object` or the decorator function.
 */
function tellText(target: unknown, property: unknown): void {
  const reflect = Reflect as {
    defineMetadata?(key: string, value: unknown, target: object, property: string): void;
    hasOwnMetadata?(key: string, target: object, property: string): boolean;
  };
  if (typeof target !== 'object' || target === null || typeof property !== 'string') return;
  if (reflect.hasOwnMetadata?.(DESIGN_TYPE, target, property) === true)
    reflect.defineMetadata?.(DESIGN_TYPE, String, target, property);
}

const DESIGN_TYPE = 'design:type';
