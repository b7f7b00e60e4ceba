import { parseDateTime } from '../edm/date-time.js';
import { Guid } from '../edm/guid.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkNames, invalidOption, isList, isObject } from '../options/check-option.js';
import type { DataKey, EntityClass } from '../metadata/key-types.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import { metadataOf } from '../metadata/metadata-of.js';
import { unknownProperty } from '../metadata/unknown-property.js';
import { bind, comparableNames } from './bind.js';
import { isOperator, joined, negated, test, type Condition } from './condition.js';
import { filterOf, type Filter } from './filter.js';

const NAMES = Object.freeze({ properties: true });

/** The maximum nesting depth of a filter that is read from JSON, and its maximum number of tests and operands. */
const DEEPEST = 20;
const LARGEST = 1000;

/** Options of {@link filterFromJSON}. */
export interface FilterFromJSONOptions<T> {
  /** The names of the properties that the filter may test. Clients can learn nothing about any other property. */
  readonly properties: readonly DataKey<T>[];
}

/**
 * Creates a filter from parsed JSON, which was written by `JSON.stringify(filter)` or by a client of your application.
 * Every name, operator and operand is checked against the class, so the result can only be a filter on its properties.
 *
 * For filters from clients, set `properties` to the names they may test: a client that may send `passwordHash
 * startsWith …` can find out the value character by character.
 *
 * @throws EntitableError `query.invalid-filter` for JSON that is not a filter; `query.unknown-property`, also for a
 * property that is not in `properties`; `query.not-comparable` and `query.invalid-operand` as for `where`.
 * @example
 * ```ts
 * const json = '{ "property": "total", "operator": "gt", "operands": [1000] }';
 * const wanted = filterFromJSON(Order, JSON.parse(json), { properties: ['total'] });
 * orders.query({ customerId }).where(wanted);
 * ```
 */
export function filterFromJSON<T extends object>(
  entityClass: EntityClass<T>,
  json: unknown,
  options?: FilterFromJSONOptions<T>,
): Filter<T> {
  const metadata = metadataOf(entityClass);
  const askable = options === undefined ? undefined : askableNames(metadata, options);
  let tests = 0;
  const condition = readable(() => read(json, 0));
  bind(metadata, condition);
  return filterOf<T>(condition);

  function read(node: unknown, depth: number): Condition {
    if (depth > DEEPEST) throw invalid(`it nests more than ${DEEPEST} deep`);
    if (typeof node !== 'object' || node === null || Array.isArray(node))
      throw invalid(`an object was expected, not ${typeName(node)}`);
    const keys = Object.keys(node).toSorted().join();
    const { and, or, not, property, operator, operands } = node as Readonly<Record<string, unknown>>;
    switch (keys) {
      case 'and':
        return joined('and', readAll(and, depth));
      case 'or':
        return joined('or', readAll(or, depth));
      case 'not':
        return negated(read(not, depth + 1));
      case 'operator,property':
      case 'operands,operator,property':
        return readTest(property, operator, operands ?? (operator === 'in' ? operands : []));
      default:
        throw invalid(
          'an object has the member "and", "or" or "not", or the members "property", "operator" and "operands"',
        );
    }
  }

  function readAll(nodes: unknown, depth: number): readonly Condition[] {
    if (!Array.isArray(nodes) || nodes.length === 0)
      throw invalid('"and" and "or" have an array of at least one filter');
    return nodes.map((node) => read(node, depth + 1));
  }

  function readTest(property: unknown, operator: unknown, operands: unknown): Condition {
    if (typeof property !== 'string') throw invalid(`"property" is a string, not ${typeName(property)}`);
    if (!isOperator(operator))
      throw invalid('"operator" is eq, ne, gt, ge, lt, le, in, between, startsWith, isPresent or isMissing');
    if (!Array.isArray(operands)) throw invalid(`"operands" is an array, not ${typeName(operands)}`);
    if (askable?.has(property) === false) throw notAskable(metadata, property, askable);
    tests += 1 + operands.length;
    if (tests > LARGEST) throw invalid(`it has more than ${LARGEST} tests and operands`);
    return test(property, operator, operands.map(readOperand));
  }
}

/**
 * Returns the properties that may be tested. Rejects a missing `properties`, e.g. from a forgotten setting, because it
 * would allow all of them.
 */
function askableNames(metadata: EntityMetadata, options: object): ReadonlySet<string> {
  if (isObject(options)) checkNames(options, NAMES);
  const { properties } = (isObject(options) ? options : {}) as { readonly properties?: unknown };
  if (!isList(properties)) {
    throw invalidOption('properties', 'an array of names of properties', typeName(properties));
  }
  for (const name of properties) {
    if (typeof name !== 'string') throw invalidOption('properties', 'names of properties', typeName(name));
    if (!metadata.members.has(name)) throw unknownProperty(metadata, name, comparableNames(metadata));
  }
  return new Set(properties as readonly string[]);
}

/**
 * Creates the error for a property that may not be tested. It lists only the allowed ones, so that a client does not
 * learn the names of others.
 */
function notAskable({ className }: EntityMetadata, property: string, askable: ReadonlySet<string>): EntitableError {
  return new EntitableError(
    'query.unknown-property',
    `A filter on ${className} may not ask "${property}". It may ask: ${[...askable].join(', ') || 'nothing'}.`,
    { className, property },
  );
}

/**
 * Reads an operand. Strings, numbers and booleans are JSON values; other types are objects with one member named after
 * the EDM type.
 */
function readOperand(json: unknown): unknown {
  if (typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean') return json;
  const [[type, text] = [], ...others] = typeof json === 'object' && json !== null ? Object.entries(json) : [];
  const read = type !== undefined && others.length === 0 && Object.hasOwn(READ, type) ? READ[type] : undefined;
  const value = typeof text === 'string' ? read?.(text) : undefined;
  if (value === undefined) {
    throw invalid(
      'an operand is a string, a number, a boolean, or an object such as { "Int64": "5" }, { "DateTime": "2026-01-01T00:00:00Z" }, { "Guid": "…" }, { "Binary": "base64" }',
    );
  }
  return value;
}

const READ: Readonly<Record<string, (text: string) => unknown>> = {
  Int64: (text) => (/^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined),
  DateTime(text) {
    const instant = parseDateTime(text);
    return instant && new Date(instant.milliseconds);
  },
  Guid: (text) => (Guid.isText(text) ? Guid.parse(text) : undefined),
  Binary: (text) => (/^[A-Za-z0-9+/]*={0,2}$/.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : undefined),
};

function invalid(reason: string): EntitableError {
  return new EntitableError('query.invalid-filter', `The JSON is no filter: ${reason}.`, { reason });
}

/**
 * Calls a function that reads the filter. An error that is not the library's own becomes `query.invalid-filter`: the
 * filter is usually parsed JSON, but may be an object with getters that throw.
 */
function readable(read: () => Condition): Condition {
  try {
    return read();
  } catch (error) {
    throw EntitableError.is(error) ? error : invalid('a getter of it threw, or it has a proxy that did');
  }
}
