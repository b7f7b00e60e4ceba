import type { EdmType, TypedValue } from '../edm/edm-type.js';
import type { EntitableError } from '../errors/entitable-error.js';
import type { EntityMetadata, Member, PropertyMetadata } from '../metadata/entity-metadata.js';
import { unknownProperty } from '../metadata/unknown-property.js';
import { comparison, junction, type FilterNode, type ComparisonOperator } from '../store/filter-node.js';
import { checkDepth, type Condition, type Operator, type Test } from './condition.js';
import { flattened } from './flattened.js';
import {
  isComparable,
  notComparable,
  storedOperand,
  storedOperator,
  type OneOperand,
  type TestedProperty,
} from './operand.js';
import { successor } from './key-range.js';
import { Guid } from '../edm/guid.js';
import { escapedPart, type KeyTemplate } from '../metadata/key-template.js';

/** A test of one part of a composed key. It becomes a key range only if equality tests fix all parts before it. */
export interface PartTest {
  readonly kind: 'part';
  readonly template: KeyTemplate;
  /** The part's index in the template. */
  readonly index: number;
  /**
   * The operator for the part's text in the stored key. It is already reversed if the part's converter reverses the
   * order.
   */
  readonly operator: ComparisonOperator | 'startsWith';
  /** The escaped text of the part, as it appears in keys. */
  readonly text: string;
  /** The property and operator as the application wrote them, for messages. */
  readonly asked: { readonly property: string; readonly operator: string };
  /** Creates the same test on the property that also stores the part; absent if the part is stored only in the key. */
  readonly copy?: (() => BoundFilter) | undefined;
}

/**
 * A filter on a class's rows in which names and operands are resolved. Tests of key parts are turned into comparisons
 * later (see `lower-filter.ts`), because they depend on the other tests in the same conjunction.
 */
export type BoundFilter =
  | { readonly kind: 'always'; readonly holds: boolean }
  | { readonly kind: 'stored'; readonly node: FilterNode }
  | PartTest
  | { readonly kind: 'and' | 'or'; readonly operands: readonly BoundFilter[] }
  | { readonly kind: 'not'; readonly operand: BoundFilter };

/** An arbitrary value of each type, to compare with when only presence is tested. */
const ANY_VALUE: { readonly [E in EdmType]: Extract<TypedValue, { readonly type: E }> } = Object.freeze({
  Binary: { type: 'Binary', value: new Uint8Array(1) },
  Boolean: { type: 'Boolean', value: true },
  DateTime: { type: 'DateTime', value: new Date(0) },
  Double: { type: 'Double', value: 0 },
  Guid: { type: 'Guid', value: Guid.parse('00000000-0000-0000-0000-000000000000') },
  Int32: { type: 'Int32', value: 0 },
  Int64: { type: 'Int64', value: 0n },
  String: { type: 'String', value: '' },
});

/**
 * Binds a condition to a class: replaces names, types and converted values by their stored forms, and checks every
 * name, operator and operand.
 *
 * @throws EntitableError `query.unknown-property`, `query.not-comparable`, `query.invalid-operand`,
 * `query.invalid-filter`; no message contains an operand.
 */
export function bind(metadata: EntityMetadata, condition: Condition, depth = 0): BoundFilter {
  checkDepth(depth);
  switch (condition.kind) {
    case 'test':
      return bindTest(metadata.className, memberOf(metadata, condition.property), condition);
    case 'not':
      return { kind: 'not', operand: bind(metadata, condition.operand, depth + 1) };
    default:
      return {
        kind: condition.kind,
        operands: flattened(condition).map((operand) => bind(metadata, operand, depth + 1)),
      };
  }
}

function memberOf(metadata: EntityMetadata, name: string): Member {
  const member = metadata.members.get(name);
  if (member === undefined) throw unknownProperty(metadata, name, comparableNames(metadata));
  return member;
}

/** Returns the names of the members that filters can compare. */
export function comparableNames({ members }: EntityMetadata): readonly string[] {
  return [...members.values()].filter(({ kind }) => kind !== 'etag').map(({ name }) => name);
}

function bindTest(className: string, member: Member, { operator, operands }: Test): BoundFilter {
  switch (operator) {
    case 'isPresent':
      return presence(className, member, operator);
    case 'isMissing':
      return { kind: 'not', operand: presence(className, member, operator) };
    case 'in':
      if (operands.length === 0) checkEquality(className, member);
      return { kind: 'or', operands: operands.map((operand) => one('eq', operand)) };
    case 'between':
      return { kind: 'and', operands: [one('ge', operands[0]), one('le', operands[1])] };
    default:
      return one(operator, operands[0]);
  }

  function one(atom: OneOperand, operand: unknown): BoundFilter {
    return bindOne(className, member, { operator: atom, operand, asked: operator });
  }
}

/**
 * Rejects `in` with an empty list for a property that cannot be compared for equality, just as `in` with values is
 * rejected.
 */
function checkEquality(className: string, member: Member): void {
  if (member.kind === 'etag') throw noETagFilter(className, member.name, 'in');
  if (member.kind === 'property') storedOperator({ className, ...member.property }, 'eq', 'in');
}

/** A test of a property with one operand. */
interface Atom {
  readonly operator: OneOperand;
  readonly operand: unknown;
  /** The operator as the application wrote it. */
  readonly asked: Operator;
}

function bindOne(className: string, member: Member, atom: Atom): BoundFilter {
  switch (member.kind) {
    case 'property':
      return compareStored({ className, ...member.property }, atom);
    case 'timestamp':
      return compareStored({ className, name: member.name, type: 'DateTime', storedName: 'Timestamp' }, atom);
    case 'key':
      return comparePart(className, member, atom);
    case 'etag':
      throw noETagFilter(className, member.name, atom.asked);
    default:
      return member satisfies never;
  }
}

function compareStored(
  subject: TestedProperty & Pick<PropertyMetadata, 'storedName'>,
  { operator, operand, asked }: Atom,
): BoundFilter {
  const { storedName, type } = subject;
  const lowered = storedOperator(subject, operator, asked);
  const value = storedOperand(subject, operand, asked);
  if (lowered !== 'startsWith') return { kind: 'stored', node: comparison(storedName, lowered, value) };
  const prefix = value.value as string;
  if (prefix === '') return { kind: 'stored', node: isPresent(storedName, type) };
  const end = successor(prefix, false);
  const from = comparison(storedName, 'ge', value);
  return {
    kind: 'stored',
    node:
      end === undefined ? from : junction('and', [from, comparison(storedName, 'lt', { type: 'String', value: end })]),
  };
}

function comparePart(className: string, { name, template, index, copy }: KeyMember, atom: Atom): BoundFilter {
  const { operator, operand, asked } = atom;
  const subject: TestedProperty = { className, name, type: 'String', converter: template.parts[index]!.converter };
  const askCopy = copy && ((): BoundFilter => compareStored({ className, ...copy }, atom));
  if (askCopy !== undefined && !isComparable(subject, operator)) return askCopy();
  const lowered = storedOperator(subject, operator, asked);
  const text = storedOperand(subject, operand, asked).value as string;
  return {
    kind: 'part',
    template,
    index,
    operator: lowered,
    text: escapedPart(template, index, text),
    asked: { property: name, operator: asked },
    copy: askCopy,
  } satisfies PartTest;
}

type KeyMember = Extract<Member, { readonly kind: 'key' }>;

/** Binds a test for presence. Keys and the timestamp are always present. */
function presence(className: string, member: Member, asked: Operator): BoundFilter {
  switch (member.kind) {
    case 'property':
      return { kind: 'stored', node: isPresent(member.property.storedName, member.property.type) };
    case 'key':
    case 'timestamp':
      return { kind: 'always', holds: true };
    case 'etag':
      throw noETagFilter(className, member.name, asked);
    default:
      return member satisfies never;
  }
}

/**
 * Returns a filter for rows that have a property. Every comparison with a missing property is false; for a present one,
 * either `eq` or `ne` is true.
 */
function isPresent(storedName: string, type: EdmType): FilterNode {
  const any = ANY_VALUE[type];
  return junction('or', [comparison(storedName, 'eq', any), comparison(storedName, 'ne', any)]);
}

function noETagFilter(className: string, name: string, asked: Operator): EntitableError {
  return notComparable(
    { className, name },
    asked,
    'the service does not filter by the ETag. Filter by the @Timestamp instead',
  );
}
