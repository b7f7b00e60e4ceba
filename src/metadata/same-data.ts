import { isDate, isUint8Array } from 'node:util/types';
import { Guid } from '../edm/guid.js';

/** The maximum depth of a comparison, which ends the recursion in circular data. */
const DEEPEST = 200;

/**
 * Compares two values as plain data: by content, regardless of the order of members. NaN equals itself, and 0 does not
 * equal -0. Dates, bytes and Guids count as plain data; different instances of any other class are never equal, because
 * their content may be private.
 */
export function sameData(left: unknown, right: unknown, depth = 0): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (depth > DEEPEST) return false;
  if (isDate(left))
    return isDate(right) && isBare(left, Date) && isBare(right, Date) && left.getTime() === right.getTime();
  if (isUint8Array(left)) return isUint8Array(right) && Buffer.compare(left, right) === 0;
  if (Guid.is(left)) return Guid.is(right) && left.toString() === right.toString();
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item: unknown, index) => sameData(item, right[index], depth + 1))
    );
  }
  return isPlain(left) && isPlain(right) && sameMembers(left, right, depth);
}

type Members = Readonly<Record<string, unknown>>;

function sameMembers(left: Members, right: Members, depth: number): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameData(left[name], right[name], depth + 1))
  );
}

function isPlain(value: object): value is Members {
  const prototype: unknown = Object.getPrototypeOf(value);
  return !Array.isArray(value) && (prototype === null || isBare(value, Object));
}

/** Returns whether an object is a direct instance of a class, not of a subclass. Accepts classes of other realms. */
function isBare(value: object, { name }: { readonly name: string }): boolean {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } } | null;
  return prototype?.constructor?.name === name;
}
