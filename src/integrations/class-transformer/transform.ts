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
 * An entity as plain data for JSON, by the `@Expose`, `@Exclude`, `@Type` and `@Transform` of class-transformer. Every stored property is
 * in it, also one that is a getter, unless a decorator says otherwise. Guids become text, bytes base64, bigints decimal text and dates ISO
 * text, before `@Transform` sees them (dates after it).
 */
export function toPlain(entity: object, options?: ClassTransformOptions): Record<string, unknown> {
  return withTexts(instanceToPlain(withTexts(entity, 'keep'), options), 'text') as Record<string, unknown>;
}

/**
 * An entity of plain data, e.g. of a request's JSON, by the same decorators: what {@link toPlain} made a text of becomes a value again, by
 * the type each property is stored as. It is a new entity, which no store has seen. A bigint may also be given as a number, as long as that
 * is a safe integer. Throws `validation.wrong-type` for what stands for no Guid, bigint, date or bytes where one belongs.
 *
 * Throws `entity.not-an-object` for what is no object of members: no body, a list, a text. Take a list apart with `map`.
 *
 * What was not given, or is not exposed, has its default or what the class itself sets, and counts as not said: a `save` of the entity
 * under the ETag that it states leaves the stored value alone.
 *
 * Names that the class does not know are taken over unless `excludeExtraneousValues` is set; they are never stored.
 */
export function fromPlain<T extends object>(
  entityClass: EntityClass<T>,
  plain: Readonly<Record<string, unknown>>,
  options?: ClassTransformOptions,
): T {
  const metadata = metadataOf(entityClass);
  if (!isObject(plain)) throw notPlain(metadata, plain);
  // Not into an entity: what is set is what was given, and nothing that the class sets.
  const values: Record<string, unknown> = plainToClassFromExist({}, ofClass(entityClass, plain), options);
  for (const member of metadata.members.values()) {
    const value = Object.hasOwn(values, member.name) ? values[member.name] : undefined;
    if (value !== undefined && value !== null) values[member.name] = valueOf(value, member, metadata);
  }
  return makeEntity(entityClass, values);
}

/** Plain data that class-transformer takes for data of a class, whatever it says of itself. */
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

/** A converter does not say what it converts: the data itself where it takes that, else the first value it stands for that it takes. */
function convertible(plain: unknown, converter: AnyConverter): unknown {
  const candidates = [plain, ...Object.values(FROM_PLAIN).map((valueOfPlain) => valueOfPlain(plain))];
  return candidates.find((candidate) => candidate !== undefined && takes(converter, candidate)) ?? plain;
}

function takes(converter: AnyConverter, value: unknown): boolean {
  try {
    const stored = converter.toStored(value);
    if (!(stored instanceof Promise)) return true;
    stored.catch(() => undefined); // the write refuses it
    return false;
  } catch {
    return false;
  }
}
