import { readOption } from '../options/check-option.js';
import type { EdmType } from '../edm/edm-type.js';

/** What a store refuses. The library checks it before any I/O, so that an error names the property and not a byte offset. */
export interface ServiceLimits {
  /** The longest keys, in bytes of the encoding: Azure Storage counts UTF-16, Cosmos UTF-8. */
  readonly keyBytes: { readonly partition: number; readonly row: number; readonly encoding: 'utf8' | 'utf16' };
  /** Properties beside the keys and the timestamp. */
  readonly properties: number;
  /** UTF-16 units of a property name. */
  readonly propertyNameUnits: number;
  /** UTF-16 units of one String. */
  readonly stringUnits: number;
  /** Bytes of one Binary. */
  readonly binaryBytes: number;
  /** Bytes of one entity, by the service's own count: names, values and an overhead for each. */
  readonly entityBytes: number;
  /** Bytes of the body of one entity group transaction. */
  readonly transactionBytes: number;
  /** Writes of one entity group transaction. */
  readonly transactionWrites: number;
  /** Comparisons of one filter. */
  readonly comparisons: number;
  /** Rows of one page. */
  readonly pageRows: number;
  /** Property names that the store keeps to itself, in lower case. */
  readonly reservedNames: readonly string[];
  /** Whether `Orders` and `orders` are one table. */
  readonly tableNamesIgnoreCase: boolean;
}

const KIB = 1024;
const MIB = KIB * KIB;

/** Azure Table Storage: 1 MiB an entity, 100 operations and 4 MiB a transaction, 15 comparisons a filter. */
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

/** Azure Cosmos DB for Table: row keys of 255 bytes, 2 MiB an entity and a transaction, case-sensitive table names. */
export const COSMOS_LIMITS: ServiceLimits = Object.freeze({
  ...STORAGE_LIMITS,
  keyBytes: Object.freeze({ partition: KIB, row: 255, encoding: 'utf8' }),
  entityBytes: 2 * MIB,
  transactionBytes: 2 * MIB,
  reservedNames: Object.freeze(['id', 'rid', 'etag', 'resourceid']),
  tableNamesIgnoreCase: false,
});

/** `limits` of a data source: a service's, or some of its numbers changed. */
export type LimitsOption = 'storage' | 'cosmos' | Partial<ServiceLimits>;

/** The limits an option asks for, over a store's own. */
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

/** The size of a key by a store's own count. */
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

/** What an entity weighs before its properties, by the service's billing formula. */
export function keyedSize(partitionKey: string, rowKey: string): number {
  return 4 + 2 * (partitionKey.length + rowKey.length);
}

/**
 * What one property adds: 8 bytes, its name in UTF-16, and its value.
 *
 * @param length UTF-16 units of a String, bytes of a Binary; 0 for the others.
 */
export function propertySize(name: string, type: EdmType, length = 0): number {
  return 8 + 2 * name.length + FIXED[type] + (type === 'String' ? 2 * length : length);
}
