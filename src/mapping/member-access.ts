import type { Slot } from '../store/row.js';

/**
 * Does `entity[name] = value` at a separate place in the code for each key, the timestamp and the first properties of a
 * class. V8 caches the names seen at each place. A place that sees only one name is as fast as a constant name; a place
 * that sees many must look each name up, which costs more than reading the value to be set.
 *
 * @param slot - The slot of the member. A slot has one name in all entities and projections of a class.
 */
export function setMember(entity: Record<string, unknown>, slot: Slot, name: string, value: unknown): void {
  switch (slot) {
    case -3:
      entity[name] = value;
      break;
    case -2:
      entity[name] = value;
      break;
    case -1:
      entity[name] = value;
      break;
    case 0:
      entity[name] = value;
      break;
    case 1:
      entity[name] = value;
      break;
    case 2:
      entity[name] = value;
      break;
    case 3:
      entity[name] = value;
      break;
    case 4:
      entity[name] = value;
      break;
    case 5:
      entity[name] = value;
      break;
    case 6:
      entity[name] = value;
      break;
    case 7:
      entity[name] = value;
      break;
    case 8:
      entity[name] = value;
      break;
    case 9:
      entity[name] = value;
      break;
    case 10:
      entity[name] = value;
      break;
    case 11:
      entity[name] = value;
      break;
    default:
      entity[name] = value;
  }
}

/** Returns `entity[name]`, read at separate places in the code for the same reason as in {@link setMember}. */
export function getMember(entity: Record<string, unknown>, slot: Slot, name: string): unknown {
  switch (slot) {
    case 0:
      return entity[name];
    case 1:
      return entity[name];
    case 2:
      return entity[name];
    case 3:
      return entity[name];
    case 4:
      return entity[name];
    case 5:
      return entity[name];
    case 6:
      return entity[name];
    case 7:
      return entity[name];
    case 8:
      return entity[name];
    case 9:
      return entity[name];
    case 10:
      return entity[name];
    case 11:
      return entity[name];
    case 12:
      return entity[name];
    case 13:
      return entity[name];
    case 14:
      return entity[name];
    default:
      return entity[name];
  }
}

/** Returns the value of a member. A member that every object inherits, such as `constructor`, counts as missing. */
export function ownMember(object: object, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(object, name)
    ? undefined
    : (object as Readonly<Record<string, unknown>>)[name];
}

/**
 * Does `object[name] = value` for any name, through the setter if there is one. Returns whether the member could be
 * set.
 */
export function putMember(object: object, name: string, value: unknown): boolean {
  return name === '__proto__'
    ? Reflect.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
    : Reflect.set(object, name, value);
}

/** Returns whether a value counts as absent: `null` does, like `undefined`. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
