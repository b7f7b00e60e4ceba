import type { EdmType } from '../src/edm/edm-type.js';
import type { EntitableTypeError, KeyValue, PartitionKeyMark, RowKeyMark } from '../src/metadata/key-types.js';
import type { AnyConverter, Converter } from '../src/metadata/converter.js';
import type { OptionNames } from '../src/options/check-option.js';
import { propertyDecorator, type PropertyDecoratorOf } from './record.js';

/** How a key part is stored. */
export interface KeyOptions {
  /** Turns the value into key text that sorts as the values do; required unless the property is a string. */
  readonly converter?: AnyConverter;
  /** Stores the part as a property of this name as well, for filters that no key range expresses and for other programs. */
  readonly name?: string;
  /** The EDM type of that property; without it, it holds the key's text. */
  readonly type?: EdmType;
}

const KEY_NAMES: OptionNames<KeyOptions> = { converter: true, name: true, type: true };

type ValueOf<O> = O extends { readonly converter: Converter<infer V, 'String'> }
  ? V
  : | string
    | EntitableTypeError<'a key that is no string needs a converter: @RowKey({ converter: newestFirst }) for a Date'>;

/** Marks a property, on its type, as part of the partition key: `customerId!: PartitionKey`. */
export type PartitionKey<V extends KeyValue = string> = PartitionKeyMark<V>;

/**
 * Stores a property as the partition key, or as the part of it that the template of `@Entity` names.
 *
 * At most 1 KiB, i.e. 512 UTF-16 units; without a template none of `/ \ # ?` and control characters.
 */
export function PartitionKey<const O extends KeyOptions = object>(options?: O): PropertyDecoratorOf<ValueOf<O>> {
  return keyDecorator('partition', options);
}

/** Marks a property, on its type, as part of the row key: `orderId!: RowKey`. */
export type RowKey<V extends KeyValue = string> = RowKeyMark<V>;

/**
 * Stores a property as the row key, or as the part of it that the template of `@Entity` names.
 *
 * At most 1 KiB, i.e. 512 UTF-16 units (255 bytes of UTF-8 on Cosmos); without a template none of `/ \ # ?` and control characters.
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

/** For what reads a compiler's decorator metadata, such as `@ApiProperty()`: compilers tell a marked type as an object, or as the decorator. */
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
