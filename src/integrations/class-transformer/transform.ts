import { instanceToPlain, plainToClassFromExist, type ClassTransformOptions } from 'class-transformer';
import { EntitableError, makeEntity, metadataOf } from '../../index.js';
import type { AnyConverter, EdmType, EntityClass, EntityMetadata, Member } from '../../index.js';
import { FROM_TEXT, withTexts, type TextType } from './plain-values.js';

/**
 * An entity as plain data for JSON, by the `@Expose`, `@Exclude`, `@Type` and `@Transform` of class-transformer. Guids become text, bytes
 * base64, bigints decimal text and dates ISO text, before `@Transform` sees them (dates after it).
 */
export function toPlain(entity: object, options?: ClassTransformOptions): Record<string, unknown> {
  return withTexts(instanceToPlain(withTexts(entity, 'keep'), options), 'text') as Record<string, unknown>;
}

/**
 * An entity of plain data, e.g. of a request's JSON, by the same decorators: what {@link toPlain} made a text of becomes a value again, by
 * the type each property is stored as. It is a new entity, which no store has seen. Throws `validation.wrong-type` for a text that is none
 * of a property's type.
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
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) throw notPlain(metadata, plain);
  // Not into an entity: what is set is what was given, and nothing that the class sets.
  const values: Record<string, unknown> = plainToClassFromExist({}, ofClass(entityClass, plain), options);
  for (const member of metadata.members.values()) {
    const value = values[member.name];
    if (typeof value === 'string') values[member.name] = valueOf(value, member, metadata);
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
  const found = plain === null ? 'null' : Array.isArray(plain) ? 'an array' : typeof plain;
  const remedy = Array.isArray(plain)
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

function valueOf(text: string, member: Member, { className }: EntityMetadata): unknown {
  const converter = converterOf(member);
  if (converter !== undefined) return convertible(text, converter);
  const type = typeOf(member);
  if (!isTextType(type)) return text;
  const value = FROM_TEXT[type](text);
  if (value !== undefined) return value;
  const { name } = member;
  throw new EntitableError(
    'validation.wrong-type',
    `${className}.${name} is a ${type}, and the text that was given is none. Give it in the form that toPlain() writes.`,
    {
      className,
      property: name,
      storedName: member.kind === 'property' ? member.property.storedName : name,
      expected: type,
      found: 'string',
      value: text,
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
  return Object.hasOwn(FROM_TEXT, type);
}

/** A converter does not say what it converts: the text where it takes one, else the first value of the text that it takes. */
function convertible(text: string, converter: AnyConverter): unknown {
  const candidates = [text, ...Object.values(FROM_TEXT).map((fromText) => fromText(text))];
  return candidates.find((candidate) => candidate !== undefined && takes(converter, candidate)) ?? text;
}

function takes(converter: AnyConverter, value: unknown): boolean {
  try {
    converter.toStored(value);
    return true;
  } catch {
    return false;
  }
}
