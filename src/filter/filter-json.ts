import { parseDateTime } from '../edm/date-time.js';
import { Guid } from '../edm/guid.js';
import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { EntityClass } from '../metadata/entity-types.js';
import { metadataOf } from '../metadata/metadata-of.js';
import { bind } from './bind.js';
import { isOperator, joined, negated, test, type Condition } from './condition.js';
import { filterOf, type Filter } from './filter.js';

/** The most that a filter from outside may nest, and say. */
const DEEPEST = 20;
const LARGEST = 1000;

/**
 * Reads a filter that was written as JSON, by `JSON.stringify(filter)` or by a client of yours: every name, operator and operand is
 * checked against the class, so that nothing but a filter on its properties comes in. What it may ask of them, and which properties
 * a client may see by asking, is for the application to decide.
 *
 * @throws EntitableError `query.invalid-filter` for another form; `query.unknown-property`, `query.not-comparable` and
 * `query.invalid-operand` as `where` does.
 * @example
 * ```ts
 * const wanted = filterFromJSON(Order, JSON.parse(body)); // { "property": "total", "operator": "gt", "operands": [1000] }
 * orders.query({ customerId }).where(wanted);
 * ```
 */
export function filterFromJSON<T extends object>(entityClass: EntityClass<T>, json: unknown): Filter<T> {
  const metadata = metadataOf(entityClass);
  let tests = 0;
  const condition = read(json, 0);
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
    tests += 1 + operands.length;
    if (tests > LARGEST) throw invalid(`it has more than ${LARGEST} tests and operands`);
    return test(property, operator, operands.map(readOperand));
  }
}

/** Reads an operand: JSON has strings, numbers and booleans; other types are an object of one member, named like the EDM type. */
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
