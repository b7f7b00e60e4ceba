import { instanceToPlain, plainToClassFromExist, type ClassTransformOptions } from 'class-transformer';
import { isList, isObject } from '../../options/check-option.js';
import {
  EntitableError,
  makeEntity,
  metadataOf,
  type AnyConverter,
  type EdmType,
  type EntityClass,
  type EntityMetadata,
  type Member,
} from '../../index.js';
import { FORM, FROM_PLAIN, withTexts, type TextType } from './plain-values.js';

/**
 * Converts an entity to plain data for JSON, following `@Expose`, `@Exclude`, `@Type` and `@Transform` of
 * class-transformer. Every stored property is included, even if it is a getter, unless a decorator excludes it. Guids
 * become text, bytes base64 and bigints decimal text before `@Transform` sees them; dates become ISO 8601 text after
 * it.
 */
export function toPlain(entity: object, options?: ClassTransformOptions): Record<string, unknown> {
  return withTexts(instanceToPlain(withTexts(entity, 'keep'), options), 'text') as Record<string, unknown>;
}

/**
 * Creates an entity from plain data, e.g. the JSON body of a request, following the same decorators. Text that
 * {@link toPlain} wrote is converted back to the type in which the property is stored. The result is a new entity that
 * no store has seen. A bigint may also be a number if that is a safe integer. Throws `validation.wrong-type` if a
 * property requires a Guid, bigint, date or bytes and its value in the data cannot be converted to that type.
 *
 * Throws `entity.not-an-object` if the data is not an object: a missing body, an array, a text. Convert an array with
 * `map`.
 *
 * A property that is missing from the data, or not exposed, gets its default or the value that the class assigns, and
 * counts as unspecified: a `save` of the entity under its ETag leaves the stored value unchanged.
 *
 * Members that the class does not declare are copied unless `excludeExtraneousValues` is set. They are never stored.
 */
export function fromPlain<T extends object>(
  entityClass: EntityClass<T>,
  plain: Readonly<Record<string, unknown>>,
  options?: ClassTransformOptions,
): T {
  const metadata = metadataOf(entityClass);
  if (!isObject(plain)) throw notPlain(metadata, plain);
  // The target is a plain object and not an entity, so that it holds only members of the data, and none that the class
  // assigns.
  const values: Record<string, unknown> = plainToClassFromExist({}, ofClass(entityClass, plain), options);
  for (const member of metadata.members.values()) {
    const value = Object.hasOwn(values, member.name) ? values[member.name] : undefined;
    if (value !== undefined && value !== null) values[member.name] = valueOf(value, member, metadata);
  }
  return makeEntity(entityClass, values);
}

/**
 * Gives plain data the entity class as its `constructor`, so that class-transformer applies that class's decorators
 * whatever the data itself contains.
 */
function ofClass(entityClass: EntityClass, plain: object): object {
  const members = Object.entries(Object.getOwnPropertyDescriptors(withTexts(plain, 'keep') as object));
  const own = members.filter(([name]) => name !== '__proto__' && name !== 'constructor');
  return Object.create({ constructor: entityClass }, Object.fromEntries(own)) as object;
}

function notPlain({ className }: EntityMetadata, plain: unknown): EntitableError {
  const found = plain === null ? 'null' : isList(plain) ? 'an array' : typeof plain;
  const remedy = isList(plain)
    ? 'Make an entity of each: list.map((plain) => fromPlain(Class, plain)).'
    : 'Is the body missing, or not JSON?';
  return new EntitableError(
    'entity.not-an-object',
    `fromPlain(${className}, …) takes an object, not ${found}. ${remedy}`,
    {
      className,
      found,
    },
  );
}

function valueOf(plain: unknown, member: Member, { className }: EntityMetadata): unknown {
  const converter = converterOf(member);
  if (converter !== undefined) return convertible(plain, converter);
  const type = typeOf(member);
  if (!isTextType(type)) return plain;
  const value = FROM_PLAIN[type](plain);
  if (value !== undefined) return value;
  const { name } = member;
  const found = isList(plain) ? 'array' : typeof plain;
  throw new EntitableError(
    'validation.wrong-type',
    `${className}.${name} is Edm.${type}, and the ${found} that was given stands for none. Give ${FORM[type]}.`,
    {
      className,
      property: name,
      storedName: member.kind === 'property' ? member.property.storedName : name,
      expected: type,
      found,
      value: plain,
    },
  );
}

function typeOf(member: Member): EdmType {
  if (member.kind === 'property') return member.property.type;
  return member.kind === 'timestamp' ? 'DateTime' : 'String';
}

function converterOf(member: Member): AnyConverter | undefined {
  if (member.kind === 'property') return member.property.converter;
  return member.kind === 'key' ? member.template.parts[member.index]?.converter : undefined;
}

function isTextType(type: string): type is TextType {
  return Object.hasOwn(FROM_PLAIN, type);
}

/**
 * Finds the value to pass to a converter, which does not declare its input type. Returns the first that the converter
 * accepts: the data itself, or the data read as a Guid, Int64, DateTime or Binary. If the converter accepts none of
 * them, returns the data itself.
 */
function convertible(plain: unknown, converter: AnyConverter): unknown {
  const candidates = [plain, ...Object.values(FROM_PLAIN).map((valueOfPlain) => valueOfPlain(plain))];
  return candidates.find((candidate) => candidate !== undefined && takes(converter, candidate)) ?? plain;
}

function takes(converter: AnyConverter, value: unknown): boolean {
  try {
    const stored = converter.toStored(value);
    if (!(stored instanceof Promise)) return true;
    stored.catch(() => undefined); // the write of the entity reports the error
    return false;
  } catch {
    return false;
  }
}
