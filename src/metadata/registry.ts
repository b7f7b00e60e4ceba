import type { EdmType } from '../edm/edm-type.js';
import type { AnyConverter } from './converter.js';
import type { EntityMetadata } from './entity-metadata.js';
import type { StandardSchema } from './standard-schema.js';

/**
 * The only property that this package sets on `globalThis`. It holds what must exist once per process, even if several
 * copies of the package are loaded.
 */
const SLOT = Symbol.for('entitable/1');

/**
 * Returns the object with this name that all copies of the package in the process share. The first copy of the package
 * that asks for it creates it.
 */
export function shared<V extends object>(name: string, make: () => V): V {
  const global = globalThis as { [SLOT]?: Map<string, object> };
  const slot = (global[SLOT] ??= new Map());
  let value = slot.get(name);
  if (value === undefined) {
    slot.set(name, (value = make()));
  }
  return value as V;
}

/** The role of a property in its entity. */
export type PropertyRole = 'property' | 'partition' | 'row' | 'etag' | 'timestamp';

/** The recorded options of one property, from its decorator or from `defineEntity`. */
export interface PropertyDefinition {
  readonly name: string;
  readonly role: PropertyRole;
  readonly storedName?: string | undefined;
  readonly type?: EdmType | undefined;
  readonly converter?: AnyConverter | undefined;
  readonly default?: unknown;
  readonly required?: boolean | undefined;
}

/** Creates an entity from its values. */
export type CreateEntity = (values: Readonly<Record<string, unknown>>) => object;

/** The recorded options of `@Entity` or `defineEntity`. */
export interface EntityDefinition {
  readonly table: string;
  readonly partitionKey?: string | undefined;
  readonly rowKey?: string | undefined;
  readonly create?: CreateEntity | undefined;
  readonly schema?: StandardSchema | undefined;
  /** The indexes of `defineEntity`, by name; those of decorated classes are static members. */
  readonly indexes?: Readonly<Record<string, unknown>> | undefined;
}

/** The recorded declarations of a class, from which its metadata is resolved on first use. */
export interface ClassRecord {
  entity?: EntityDefinition;
  /**
   * The metadata object that the standard decorators of the class share, in case it is not reachable from the class
   * itself.
   */
  standard?: object | undefined;
  readonly properties: PropertyDefinition[];
  metadata?: EntityMetadata;
}

// Keyed by the class, not by its name: minifiers can give several classes the same name.
const records = shared('classes', () => new WeakMap<object, ClassRecord>());

/** Returns the record of a class, and creates it if there is none. */
export function recordOf(target: object): ClassRecord {
  let record = records.get(target);
  if (record === undefined) {
    records.set(target, (record = { properties: [] }));
  }
  return record;
}

/** Returns the record of a class, if any decorator or `defineEntity` has created one. */
export function knownRecord(target: object): ClassRecord | undefined {
  return records.get(target);
}

const STANDARD = Symbol.for('entitable/properties');

/** Returns the array that standard decorators of one class add their property definitions to. */
export function standardProperties(metadata: object): PropertyDefinition[] {
  const own = metadata as { [STANDARD]?: PropertyDefinition[] };
  if (!Object.hasOwn(own, STANDARD)) {
    own[STANDARD] = [];
  }
  return own[STANDARD]!;
}

/**
 * Returns the property definitions of a class from standard decorators, legacy decorators and `defineEntity`, without
 * those of its base classes.
 */
export function propertiesOf(target: object): readonly PropertyDefinition[] {
  const record = knownRecord(target);
  const metadata = record?.standard ?? standardMetadata(target);
  return [...(record?.properties ?? []), ...(metadata === undefined ? [] : standardProperties(metadata))];
}

/**
 * Finds the metadata object of standard decorators. If the runtime has no `Symbol.metadata`, compilers use
 * `Symbol.for('Symbol.metadata')`. A polyfill may define the former later, so both are tried.
 */
function standardMetadata(target: object): object | undefined {
  const symbols = [(Symbol as { readonly metadata?: symbol }).metadata, Symbol.for('Symbol.metadata')];
  const own = symbols.find((symbol) => symbol !== undefined && Object.hasOwn(target, symbol));
  return own === undefined ? undefined : ((target as Record<symbol, object | undefined>)[own] ?? undefined);
}
