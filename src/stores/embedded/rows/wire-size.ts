import type { EdmType } from '../../../edm/edm-type.js';

/**
 * Size of one operation's headers in the body of an entity group transaction, including the braces of its JSON, in
 * bytes.
 */
const OPERATION_BYTES = 420;
const ANNOTATION_BYTES = 28;

/**
 * The maximum size of a value in a request, in bytes, and whether the request also states its type. For a String and a
 * Binary, it is the size in addition to that of their content.
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
 * Returns the size of an operation in the body of a transaction, without its properties. The keys appear twice:
 * percent-encoded in the URL, and in the JSON.
 */
export function operationWireBytes(partitionKey: string, rowKey: string): number {
  return OPERATION_BYTES + 4 * (Buffer.byteLength(partitionKey) + Buffer.byteLength(rowKey));
}

/** Returns the size that a property adds to an operation, without the content of a String or Binary. */
export function propertyWireBytes(name: string, type: EdmType): number {
  const nameBytes = Buffer.byteLength(name) + 4;
  const [bytes, annotated] = VALUE_BYTES[type];
  return bytes + nameBytes + (annotated ? nameBytes + ANNOTATION_BYTES : 0);
}
