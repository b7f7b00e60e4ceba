import type { EdmType, EdmTypeMap, EdmValue } from '../src/edm/edm-type.js';
import type { EntitableTypeError, ETagMark, TimestampMark } from '../src/metadata/key-types.js';
import type { AnyConverter, Converter } from '../src/metadata/converter.js';
import type { OptionNames } from '../src/options/check-option.js';
import { propertyDecorator, type DefaultedDecoratorOf, type PropertyDecoratorOf } from './record.js';

/** How a property is stored. */
export interface PropertyOptions {
  /** The name in the table, where it differs from the property's: letters, digits and `_`, at most 255. */
  readonly name?: string;
  /** The EDM type. Inferred from the property's own type where the compiler emits decorator metadata; a `number` is then a Double. */
  readonly type?: EdmType;
  /** Stores a value that is none of EDM's, or stores one in another form; it says the type. */
  readonly converter?: AnyConverter;
  /**
   * What the property is where nothing was given: in an entity that `create` makes or a verb stores as a whole, which stores it, and in
   * one that is read from a row that lacks it. A value of the property's own type, which the compiler checks, or a function that makes
   * one: for anything but a plain value. Mark the type, `Defaulted<…>`, so that `create` may leave the property out.
   */
  readonly default?: unknown;
  /** Refuses to store an entity without the property, before anything is sent: `validation.missing-property`. */
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

/** Only a default has the decorator look at the property's own type. */
type DecoratorOf<O> = O extends { readonly default: infer D }
  ? DefaultedDecoratorOf<ValueOf<O>, D>
  : PropertyDecoratorOf<ValueOf<O>>;

/**
 * Stores a property.
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

/** Marks a property, on its type, as the ETag: `etag?: ETag`. `where`, `select` and patches do not offer it. */
export type ETag = ETagMark;

/** Receives the entity's ETag when it is read or written; where it is set, writes of the entity are conditional on it. */
export function ETag(): PropertyDecoratorOf<string> {
  return propertyDecorator({ role: 'etag' });
}

/** Marks a property, on its type, as the time of the last write: `updatedAt?: Timestamp`. `where`, `select` and patches do not offer it. */
export type Timestamp = TimestampMark;

/** Receives the time, in milliseconds, at which the store last wrote the entity; never written. */
export function Timestamp(): PropertyDecoratorOf<Date> {
  return propertyDecorator({ role: 'timestamp' });
}
