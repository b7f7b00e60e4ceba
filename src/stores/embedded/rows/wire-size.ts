import type { EdmType } from '../../../edm/edm-type.js';

/** Size of one operation's headers in the body of an entity group transaction, and of the braces of its JSON. */
const OPERATION_BYTES = 420;
const ANNOTATION_BYTES = 28;

/**
 * The longest text of a value on the wire, and whether its type is annotated. For a String and a Binary, the size in
 * addition to their own bytes.
 */
const VALUE_BYTES: Readonly<Record<EdmType, readonly [bytes: number, annotated: boolean]>> = {
  Binary: [6, true],
  Boolean: [5, false],
  DateTime: [30, true],
  Double: [24, true],
  Guid: [38, true],
  Int32: [11, false],
  Int64: [22, true],
  String: [2, false],
};

/**
 * Returns the size of an operation in a transaction's body before its properties. The keys appear in the URL,
 * percent-encoded, and in the body.
 */
export function operationWireBytes(partitionKey: string, rowKey: string): number {
  return OPERATION_BYTES + 4 * (Buffer.byteLength(partitionKey) + Buffer.byteLength(rowKey));
}

/** Returns the size that a property adds, without its own bytes. */
export function propertyWireBytes(name: string, type: EdmType): number {
  const nameBytes = Buffer.byteLength(name) + 4;
  const [bytes, annotated] = VALUE_BYTES[type];
  return bytes + nameBytes + (annotated ? nameBytes + ANNOTATION_BYTES : 0);
}
