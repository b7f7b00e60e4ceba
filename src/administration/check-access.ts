import { checkNames, isList, refusedOption, type KnownNames } from '../options/check-option.js';
import type {
  AccessPolicy,
  AccountPermission,
  AccountResource,
  AccountSasOptions,
  SasKey,
  SasRestrictions,
  TablePermission,
  TableSasOptions,
  ServiceAdministration,
} from '../store/service-administration.js';
import { ADMINISTRATION_OPTIONS } from './option-names.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { TableStore } from '../store/table-store.js';

const TABLE_PERMISSIONS: readonly TablePermission[] = ['read', 'add', 'update', 'delete'];
const ACCOUNT_PERMISSIONS: readonly AccountPermission[] = [...TABLE_PERMISSIONS, 'list', 'write'];
const RESOURCES: readonly AccountResource[] = ['service', 'container', 'object'];
const PROTOCOLS: readonly unknown[] = ['https', 'https,http'];

/** Matches an IPv4 address. `node:net` is not used, because loading it takes longer than opening a store in memory. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Limits of the service: policies per table, characters in a policy's id, and the latest year in a date. */
const MOST_POLICIES = 5;
const LONGEST_ID = 64;
const LAST_YEAR = 9999;

/**
 * Matches control characters. The ids and keys in a SAS must not contain them, because a line break separates the
 * fields of the string that is signed.
 */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Rejects access policies that the service would reject. Throws `validation.invalid-option`. */
export function checkPolicies(policies: readonly AccessPolicy[]): void {
  if (!isList(policies) || policies.length > MOST_POLICIES) {
    throw refusedOption('policies', `a list of at most ${MOST_POLICIES} access policies`, policies);
  }
  const ids = new Set<string>();
  for (const [index, policy] of policies.entries()) {
    const option = `policies[${index}]`;
    if (typeof policy !== 'object' || policy === null) throw refusedOption(option, 'an access policy', policy);
    checkNames(policy, ADMINISTRATION_OPTIONS.policy, option);
    const { id, start, expiry, permissions } = policy;
    checkId(`${option}.id`, id);
    if (ids.has(id)) throw refusedOption(`${option}.id`, 'an id that no other policy of the table has', id);
    ids.add(id);
    checkPeriod(start, expiry, `${option}.`);
    if (permissions !== undefined) checkList(`${option}.permissions`, permissions, TABLE_PERMISSIONS);
  }
}

/**
 * Rejects options that would produce an invalid SAS, or a SAS that allows more than the options state. Throws
 * `validation.invalid-option`.
 */
export function checkTableSas(options: TableSasOptions): void {
  checkOptions(options, ADMINISTRATION_OPTIONS.tableSas);
  const { permissions, start, expiry, policy, from, to } = options;
  if (policy !== undefined) checkId('policy', policy);
  else if (permissions === undefined) throw refusedOption('permissions', listOf(TABLE_PERMISSIONS), permissions);
  else if (expiry === undefined) throw refusedOption('expiry', 'a valid Date, or policy the id of a policy', expiry);
  if (permissions !== undefined) checkList('permissions', permissions, TABLE_PERMISSIONS);
  checkPeriod(start, expiry);
  checkRestrictions(options);
  checkKey('from', from);
  checkKey('to', to);
  if (from?.partitionKey === '' && from.rowKey !== undefined && from.rowKey !== '') {
    throw refusedOption('from', 'a row key beside a partition key that is not empty', '');
  }
  if (to?.partitionKey === '' || to?.rowKey === '') {
    // The service treats an empty key as missing, so the range would have no end.
    throw refusedOption('to', 'keys that are not empty', '');
  }
  if (from !== undefined && to !== undefined && isAfter(from, to)) {
    throw refusedOption('to', 'a key that does not come before from', to);
  }
}

/** Rejects options of an account SAS, as `checkTableSas` does. Throws `validation.invalid-option`. */
export function checkAccountSas(options: AccountSasOptions): void {
  checkOptions(options, ADMINISTRATION_OPTIONS.accountSas);
  const { permissions, start, expiry, resourceTypes } = options;
  checkList('permissions', permissions, ACCOUNT_PERMISSIONS);
  if (expiry === undefined) throw refusedOption('expiry', 'a valid Date', expiry);
  if (resourceTypes !== undefined) checkList('resourceTypes', resourceTypes, RESOURCES);
  checkPeriod(start, expiry);
  checkRestrictions(options);
}

function checkOptions(options: unknown, known: KnownNames): void {
  if (typeof options !== 'object' || options === null) throw refusedOption('options', 'an object', options);
  checkNames(options, known);
}

function checkId(option: string, id: unknown): void {
  if (!isPlain(id) || id.length === 0 || id.length > LONGEST_ID) {
    throw refusedOption(option, `an id of 1 to ${LONGEST_ID} characters, no control characters among them`, id);
  }
}

function checkPeriod(start: Date | undefined, expiry: Date | undefined, prefix = ''): void {
  for (const [name, date] of Object.entries({ start, expiry })) {
    const isDate = date instanceof Date && date.getUTCFullYear() > 0 && date.getUTCFullYear() <= LAST_YEAR;
    if (date !== undefined && !isDate) {
      throw refusedOption(`${prefix}${name}`, `a valid Date of the years 1 to ${LAST_YEAR}`, date);
    }
  }
  // The service stores whole seconds, so two dates within the same second are equal.
  if (start && expiry && Math.floor(start.getTime() / 1000) >= Math.floor(expiry.getTime() / 1000)) {
    throw refusedOption(`${prefix}expiry`, 'a Date after start', expiry);
  }
}

function checkRestrictions({ ipRange, protocol }: SasRestrictions): void {
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) {
    throw refusedOption('protocol', "'https' or 'https,http'", protocol);
  }
  if (ipRange === undefined) return;
  const { start, end = start } = typeof ipRange === 'object' && ipRange !== null ? ipRange : { start: '' };
  if (typeof start !== 'string' || typeof end !== 'string' || !IPV4.test(start) || !IPV4.test(end)) {
    throw refusedOption('ipRange', '{ start, end } with IPv4 addresses', ipRange);
  }
  if (numberOf(end) < numberOf(start))
    throw refusedOption('ipRange', 'an end that does not come before start', ipRange);
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

function checkKey(option: string, key: SasKey | undefined): void {
  if (key === undefined) return;
  const { partitionKey, rowKey } = key ?? {};
  if (typeof key === 'object' && key !== null) checkNames(key, ADMINISTRATION_OPTIONS.sasKey, option);
  if (!isPlain(partitionKey) || (rowKey !== undefined && !isPlain(rowKey))) {
    const expected = '{ partitionKey, rowKey } with texts without control characters; rowKey may be left out';
    throw refusedOption(option, expected, key);
  }
}

/**
 * Returns whether a value is a string that can be signed unchanged: one without control characters and without unpaired
 * surrogates, which UTF-8 cannot encode.
 */
function isPlain(text: unknown): text is string {
  return typeof text === 'string' && text.isWellFormed() && !CONTROL.test(text);
}

function isAfter(from: SasKey, to: SasKey): boolean {
  if (from.partitionKey !== to.partitionKey) return from.partitionKey > to.partitionKey;
  return to.rowKey !== undefined && (from.rowKey ?? '') > to.rowKey;
}

function checkList<C extends string>(option: string, list: readonly C[], choices: readonly C[]): void {
  const isFitting = isList(list) && list.length > 0 && list.every((item) => choices.includes(item));
  if (!isFitting) throw refusedOption(option, listOf(choices), list);
}

function listOf(choices: readonly string[]): string {
  return `a list of ${choices.map((choice) => `'${choice}'`).join(', ')}, one at least`;
}

/** Returns the service administration of a store. Throws `store.not-supported` if the store has none. */
export function serviceOf({ service, traits: { kind } }: TableStore, feature: string): ServiceAdministration {
  if (service !== undefined) return service;
  throw new EntitableError(
    'store.not-supported',
    `A store of kind "${kind}" has no ${feature}: only the Table service of Azure Storage has. Open the data source there, or look at traits.kind first.`,
    { kind, feature },
  );
}
