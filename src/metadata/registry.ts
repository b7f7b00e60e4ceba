import type { EdmType } from '../edm/edm-type.js';
import type { AnyConverter } from './converter.js';
import type { EntityMetadata } from './entity-metadata.js';
import type { StandardSchema } from './standard-schema.js';

/** The one thing this package keeps on `globalThis`: what must be one in a process, however often the package is loaded. */
const SLOT = Symbol.for('entitable/1');

/** What stands under a name in the process-wide slot; the first copy of the package to ask makes it. */
export function shared<V extends object>(name: string, make: () => V): V {
  const global = globalThis as { [SLOT]?: Map<string, object> };
  const slot = (global[SLOT] ??= new Map());
  let value = slot.get(name);
  if (value === undefined) {
    slot.set(name, (value = make()));
  }
  return value as V;
}

/** What a property is to its entity. */
export type PropertyRole = 'property' | 'partition' | 'row' | 'etag' | 'timestamp';

/** What one decorator said about one property. */
export interface PropertyDefinition {
  readonly name: string;
  readonly role: PropertyRole;
  readonly storedName?: string | undefined;
  readonly type?: EdmType | undefined;
  readonly converter?: AnyConverter | undefined;
  readonly default?: unknown;
  readonly required?: boolean | undefined;
}

/** Makes an entity of its values. */
export type CreateEntity = (values: Readonly<Record<string, unknown>>) => object;

/** What `@Entity` said about a class. */
export interface EntityDefinition {
  readonly table: string;
  readonly partitionKey?: string | undefined;
  readonly rowKey?: string | undefined;
  readonly create?: CreateEntity | undefined;
  readonly schema?: StandardSchema | undefined;
}

/** What is recorded about a class until somebody asks for its metadata. */
export interface ClassRecord {
  entity?: EntityDefinition;
  /** What standard decorators share of the class, where the class itself does not hold it. */
  standard?: object | undefined;
  readonly properties: PropertyDefinition[];
  metadata?: EntityMetadata;
}

// Keyed by the class itself, never by its name: minifiers give many classes one name.
const records = shared('classes', () => new WeakMap<object, ClassRecord>());

/** The record of a class, made when there is none. */
export function recordOf(target: object): ClassRecord {
  let record = records.get(target);
  if (record === undefined) {
    records.set(target, (record = { properties: [] }));
  }
  return record;
}

/** The record of a class that said anything about itself. */
export function knownRecord(target: object): ClassRecord | undefined {
  return records.get(target);
}

const STANDARD = Symbol.for('entitable/properties');

/** What standard decorators said about the properties of one class, to be added to. */
export function standardProperties(metadata: object): PropertyDefinition[] {
  const own = metadata as { [STANDARD]?: PropertyDefinition[] };
  if (!Object.hasOwn(own, STANDARD)) {
    own[STANDARD] = [];
  }
  return own[STANDARD]!;
}

/** What a class itself said about its properties, by either decorator standard; not what its base classes said. */
export function propertiesOf(target: object): readonly PropertyDefinition[] {
  const record = knownRecord(target);
  const metadata = record?.standard ?? standardMetadata(target);
  return [...(record?.properties ?? []), ...(metadata === undefined ? [] : standardProperties(metadata))];
}

/** A runtime that has no Symbol.metadata of its own may be given one late: compilers fall back to the registered symbol. */
function standardMetadata(target: object): object | undefined {
  const symbols = [(Symbol as { readonly metadata?: symbol }).metadata, Symbol.for('Symbol.metadata')];
  const own = symbols.find((symbol) => symbol !== undefined && Object.hasOwn(target, symbol));
  return own === undefined ? undefined : ((target as Record<symbol, object | undefined>)[own] ?? undefined);
}
