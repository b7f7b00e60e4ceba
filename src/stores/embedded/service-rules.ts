import { EntitableError } from '../../errors/entitable-error.js';
import { keySize, type ServiceLimits } from '../../store/limits.js';
import { FORBIDDEN_IN_KEYS, isSystemName, propertyNameProblem } from '../../edm/names.js';
import { countComparisons } from '../../store/filter-node.js';
import type { KeyRange, ScanRequest } from '../../store/table-store.js';

/**
 * The service's error codes that the embedded stores use, each with its HTTP status and the code of the thrown error.
 */
const REFUSALS = {
  CommandsInBatchActOnDifferentPartitions: [400, 'store.rejected'],
  DuplicatePropertiesSpecified: [400, 'store.rejected'],
  EntityAlreadyExists: [409, 'store.already-exists'],
  EntityTooLarge: [400, 'store.rejected'],
  InvalidDuplicateRow: [400, 'store.rejected'],
  InvalidInput: [400, 'store.rejected'],
  InvalidResourceName: [400, 'store.rejected'],
  OutOfRangeInput: [400, 'store.rejected'],
  PropertyNameInvalid: [400, 'store.rejected'],
  PropertyNameTooLong: [400, 'store.rejected'],
  PropertyValueTooLarge: [400, 'store.rejected'],
  RequestBodyTooLarge: [413, 'store.rejected'],
  ResourceNotFound: [404, 'store.not-found'],
  TableNotFound: [404, 'store.table-not-found'],
  TooManyProperties: [400, 'store.rejected'],
  UpdateConditionNotSatisfied: [412, 'store.precondition-failed'],
} as const satisfies Record<string, readonly [number, `store.${string}`]>;

/**
 * The reason for a refusal: the service's own code, and a message about the problem and its remedy. It never contains a
 * property value.
 */
export interface RuleViolation {
  readonly serviceCode: keyof typeof REFUSALS;
  readonly message: string;
}

/** The table of a refused request, and the index of the refused write in its transaction. */
export interface RefusedAt {
  readonly table?: string;
  readonly operation?: number;
}

export function refusal(serviceCode: RuleViolation['serviceCode'], message: string): RuleViolation {
  return { serviceCode, message };
}

/** Creates the error for a refusal. */
export function refused({ serviceCode, message }: RuleViolation, at: RefusedAt = {}): EntitableError {
  const [status, code] = REFUSALS[serviceCode];
  return new EntitableError(code, message, { ...at, serviceCode, status });
}

/**
 * Returns why the service would refuse a row's keys; `undefined` if it would not. `inBody` is true for inserts: the
 * request body contains their keys, and the service reports invalid keys there with a different error code than in a
 * URL.
 */
export function keyProblem(
  partitionKey: string,
  rowKey: string,
  limits: ServiceLimits,
  inBody: boolean,
): RuleViolation | undefined {
  return (
    oneKeyProblem('PartitionKey', partitionKey, limits.keyBytes.partition, limits, inBody) ??
    oneKeyProblem('RowKey', rowKey, limits.keyBytes.row, limits, inBody)
  );
}

function oneKeyProblem(
  name: string,
  key: string,
  limit: number,
  limits: ServiceLimits,
  inBody: boolean,
): RuleViolation | undefined {
  if (typeof key !== 'string')
    return refusal('InvalidInput', `The ${name} is a string, not ${key === null ? 'null' : typeof key}.`);
  if (FORBIDDEN_IN_KEYS.test(key)) {
    return refusal(
      inBody ? 'OutOfRangeInput' : 'InvalidInput',
      `The ${name} has a character that keys must not have: one of / \\ # ? or a control character. Escape it, as key templates do.`,
    );
  }
  const size = keySize(key, limits);
  return size > limit
    ? refusal('PropertyValueTooLarge', `The ${name} has ${size} bytes; the store takes ${limit}. Shorten it.`)
    : undefined;
}

/** Returns why the service would refuse the name of a property; `undefined` if it would not. */
export function nameProblem(name: string, limits: ServiceLimits): RuleViolation | undefined {
  if (isSystemName(name))
    return refusal('InvalidInput', `Every row has a ${name} of its own; it is not written as a property.`);
  const named = `The property name ${JSON.stringify(name)} is refused:`;
  if (name.length > limits.propertyNameUnits) {
    return refusal(
      'PropertyNameTooLong',
      `${named} the store takes ${limits.propertyNameUnits} UTF-16 units, not ${name.length}.`,
    );
  }
  const invalid = propertyNameProblem(name);
  if (invalid !== undefined) return refusal('PropertyNameInvalid', `${named} ${invalid}.`);
  return limits.reservedNames.includes(name.toLowerCase())
    ? refusal('PropertyNameInvalid', `${named} the store keeps it to itself.`)
    : undefined;
}

/** Returns why the service would refuse a query regardless of what the table contains; `undefined` if it would not. */
export function scanProblem(
  { pageSize, partitionKey, rowKey, filter }: ScanRequest,
  limits: ServiceLimits,
): RuleViolation | undefined {
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= limits.pageRows)) {
    return refusal('InvalidInput', `A page has 1 to ${limits.pageRows} rows, not ${pageSize}.`);
  }
  const partition = typeof partitionKey === 'string' ? 1 : bounds(partitionKey);
  const comparisons = partition + bounds(rowKey) + (filter === undefined ? 0 : countComparisons(filter));
  return comparisons > limits.comparisons
    ? refusal('InvalidInput', `A filter has at most ${limits.comparisons} comparisons; this one has ${comparisons}.`)
    : undefined;
}

function bounds(range: KeyRange | undefined): number {
  return (range?.from === undefined ? 0 : 1) + (range?.to === undefined ? 0 : 1);
}
