import type { Slot } from '../store/row.js';

/**
 * `entity[name] = value`, at a place of its own in the code for the keys, the timestamp and the first properties of a class. The engine
 * remembers, for every place, which names came by: where it was only one, setting it costs as little as if the name stood there; where
 * it was many, each is looked up anew, which costs more than reading the value that is set.
 *
 * @param slot Where it is stored: a slot has one name, in the entities and the projections of a class.
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

/** `entity[name]`, for the same reason as {@link setMember}. */
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

/** What an object has under a name; what every object inherits, such as `constructor`, is nothing that it has. */
export function ownMember(object: object, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(object, name)
    ? undefined
    : (object as Readonly<Record<string, unknown>>)[name];
}

/** `object[name] = value` for any name, by a setter where there is one. Whether it could be set. */
export function putMember(object: object, name: string, value: unknown): boolean {
  return name === '__proto__'
    ? Reflect.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
    : Reflect.set(object, name, value);
}

/** Whether a member has no value: `null` is as absent as `undefined`. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
