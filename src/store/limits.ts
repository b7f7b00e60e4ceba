import { readOption } from '../options/check-option.js';
import type { EdmType } from '../edm/edm-type.js';

/**
 * The limits of a store. The library checks them before any I/O, so that an error can name the property that exceeds a
 * limit, instead of a byte offset in the request.
 */
export interface ServiceLimits {
  /**
   * The maximum sizes of the two keys in bytes, and the encoding in which the service counts these bytes: UTF-16 for
   * Azure Storage, UTF-8 for Cosmos DB.
   */
  readonly keyBytes: { readonly partition: number; readonly row: number; readonly encoding: 'utf8' | 'utf16' };
  /** The maximum number of properties of an entity, not counting the keys and the timestamp. */
  readonly properties: number;
  /** The maximum length of a property name, in UTF-16 code units. */
  readonly propertyNameUnits: number;
  /** The maximum length of a String property, in UTF-16 code units. */
  readonly stringUnits: number;
  /** The maximum length of a Binary property, in bytes. */
  readonly binaryBytes: number;
  /**
   * The maximum size of an entity in bytes, as the service counts it: names, values and an overhead for each property.
   */
  readonly entityBytes: number;
  /** The maximum size of the body of an entity group transaction, in bytes. */
  readonly transactionBytes: number;
  /** The maximum number of writes in one entity group transaction. */
  readonly transactionWrites: number;
  /** The maximum number of comparisons in one filter. */
  readonly comparisons: number;
  /** The maximum number of rows in one page. */
  readonly pageRows: number;
  /** Property names that the store reserves for itself, in lower case. */
  readonly reservedNames: readonly string[];
  /** True if table names that differ only in case, such as `Orders` and `orders`, are the same table. */
  readonly tableNamesIgnoreCase: boolean;
}

const KIB = 1024;
const MIB = KIB * KIB;

/**
 * The limits of Azure Table Storage: 1 MiB per entity, 100 writes and 4 MiB per transaction, 15 comparisons per filter.
 */
export const STORAGE_LIMITS: ServiceLimits = Object.freeze({
  keyBytes: Object.freeze({ partition: KIB, row: KIB, encoding: 'utf16' }),
  properties: 252,
  propertyNameUnits: 255,
  stringUnits: 32 * KIB,
  binaryBytes: 64 * KIB,
  entityBytes: MIB,
  transactionBytes: 4 * MIB,
  transactionWrites: 100,
  comparisons: 15,
  pageRows: 1000,
  reservedNames: Object.freeze([]),
  tableNamesIgnoreCase: true,
});

/**
 * The limits of Azure Cosmos DB for Table: row keys of 255 bytes, 2 MiB per entity and per transaction, case-sensitive
 * table names.
 */
export const COSMOS_LIMITS: ServiceLimits = Object.freeze({
  ...STORAGE_LIMITS,
  keyBytes: Object.freeze({ partition: KIB, row: 255, encoding: 'utf8' }),
  entityBytes: 2 * MIB,
  transactionBytes: 2 * MIB,
  reservedNames: Object.freeze(['id', 'rid', 'etag', 'resourceid']),
  tableNamesIgnoreCase: false,
});

/** The `limits` option of a data source: the limits of a service, or changes to some of the store's own limits. */
export type LimitsOption = 'storage' | 'cosmos' | Partial<ServiceLimits>;

/** Returns the limits to apply: the store's own, changed by the `limits` option. */
export function resolveLimits(own: ServiceLimits, option: LimitsOption | undefined): ServiceLimits {
  switch (option) {
    case undefined:
      return own;
    case 'storage':
      return STORAGE_LIMITS;
    case 'cosmos':
      return COSMOS_LIMITS;
    default:
      return readOption('limits', () => Object.freeze({ ...own, ...option }));
  }
}

/** Returns the size of a key in bytes, in the encoding in which the store counts it. */
export function keySize(key: string, { keyBytes: { encoding } }: ServiceLimits): number {
  return encoding === 'utf16' ? key.length * 2 : Buffer.byteLength(key);
}

const FIXED: Readonly<Record<EdmType, number>> = {
  Binary: 4,
  Boolean: 1,
  DateTime: 8,
  Double: 8,
  Guid: 16,
  Int32: 4,
  Int64: 8,
  String: 4,
};

/** Returns the size of an entity without its properties, by the formula that the service uses for billing. */
export function keyedSize(partitionKey: string, rowKey: string): number {
  return 4 + 2 * (partitionKey.length + rowKey.length);
}

/**
 * Returns the number of bytes that one property adds to its entity: 8, plus its name in UTF-16, plus its value.
 *
 * @param length The number of UTF-16 code units of a String, or of bytes of a Binary; 0 for the other types.
 */
export function propertySize(name: string, type: EdmType, length = 0): number {
  return 8 + 2 * name.length + FIXED[type] + (type === 'String' ? 2 * length : length);
}
