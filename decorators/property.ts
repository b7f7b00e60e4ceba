import type { EdmType, EdmTypeMap, EdmValue } from '../src/edm/edm-type.js';
import type { EntitableTypeError, ETagMark, TimestampMark } from '../src/metadata/key-types.js';
import type { AnyConverter, Converter } from '../src/metadata/converter.js';
import type { OptionNames } from '../src/options/check-option.js';
import { propertyDecorator, type DefaultedDecoratorOf, type PropertyDecoratorOf } from './record.js';

/** Options of `@Property`. */
export interface PropertyOptions {
  /** The name in the table, if it differs from the property's: letters, digits and `_`, at most 255. */
  readonly name?: string;
  /**
   * The EDM type. If the compiler emits decorator metadata, it is inferred from the property's own type; a `number` is
   * then a Double.
   */
  readonly type?: EdmType;
  /**
   * Converts a value that is not an EDM value, or stores a value in another form. The converter determines the EDM
   * type.
   */
  readonly converter?: AnyConverter;
  /**
   * The value of the property if none is set. It is stored with an entity that `create` makes or that a method stores
   * as a whole, and it is set on an entity that is read from a row without the property. It must be a value of the
   * property's own type, which the compiler checks. For anything but a plain value, pass a function that creates one.
   * Declare the property as `Defaulted<…>`, so that `create` may leave it out.
   */
  readonly default?: unknown;
  /** If true, an entity without the property is rejected with `validation.missing-property` before anything is sent. */
  readonly required?: boolean;
}

const PROPERTY_NAMES: OptionNames<PropertyOptions> = {
  name: true,
  type: true,
  converter: true,
  default: true,
  required: true,
};

type ValueOf<O> = O extends { readonly converter: Converter<infer V> }
  ? V
  : O extends { readonly type: infer E extends EdmType }
    ? EdmTypeMap[E]
    : | EdmValue
      | EntitableTypeError<'what has no EDM type needs a converter: @Property({ converter: json() }) for an object'>;

/**
 * The type of the decorator that the options `O` produce. The decorator checks the declared type of the property more
 * closely if there is a `default`, which must be a value of that type.
 */
type DecoratorOf<O> = O extends { readonly default: infer D }
  ? DefaultedDecoratorOf<ValueOf<O>, D>
  : PropertyDecoratorOf<ValueOf<O>>;

/**
 * Stores the decorated property as a property of the row.
 *
 * @example
 * ```ts
 * @Property() total!: number;                                  // Edm.Double
 * @Property({ type: 'Int32' }) items!: number;
 * @Property({ name: 'contact_email' }) email?: string;
 * @Property({ converter: json<Address>() }) address?: Address;
 * ```
 */
export function Property<const O extends PropertyOptions = object>(options?: O): DecoratorOf<O> {
  const { name: storedName, type, converter, default: fallback, required }: PropertyOptions = options ?? {};
  const definition = { role: 'property', storedName, type, converter, default: fallback, required } as const;
  return propertyDecorator(definition, options, PROPERTY_NAMES) as DecoratorOf<O>;
}

/** Marks the type of a property that holds the ETag: `etag?: ETag`. `where`, `select` and patches do not accept it. */
export type ETag = ETagMark;

/**
 * Marks the property that receives the entity's ETag whenever the entity is read or written. If the property is set,
 * writes of the entity are conditional on that ETag.
 */
export function ETag(): PropertyDecoratorOf<string> {
  return propertyDecorator({ role: 'etag' });
}

/**
 * Marks the type of a property that holds the time of the last write: `updatedAt?: Timestamp`. `where`, `select` and
 * patches do not accept it.
 */
export type Timestamp = TimestampMark;

/**
 * Marks the property that receives the time, to the millisecond, at which the store last wrote the entity. A value that
 * you set is never written.
 */
export function Timestamp(): PropertyDecoratorOf<Date> {
  return propertyDecorator({ role: 'timestamp' });
}
