import type { EdmType } from '../edm/edm-type.js';

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
