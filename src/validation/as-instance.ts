type AnyClass = abstract new (...args: never) => object;

/**
 * Presents a plain object or a patch to class-validator as an instance of its class, because the validator finds
 * constraints by the class. It is also used for an entity with a data member named `constructor`, which the validator
 * would take for the class.
 *
 * The members are defined, not set: they are validated as they are stored, although the class may have a getter or a
 * setter of the same name. A getter that fails because the constructor has not run returns `undefined`.
 */
export function asInstance(plain: object, entityClass: AnyClass): object {
  const instance = copyOf(plain, entityClass.prototype as object);
  return new Proxy(instance, {
    get(target, name): unknown {
      if (name === 'constructor') return entityClass;
      try {
        return Reflect.get(target, name, target);
      } catch {
        return undefined;
      }
    },
  });
}

/**
 * Presents an object to class-validator with other values of some members. All other members are read from the object
 * itself, because a copy would lack the class's `#private` fields.
 */
export function withMembers(holder: object, members: ReadonlyMap<string, unknown>): object {
  const shown = copyOf({ ...holder, ...Object.fromEntries(members) }, Object.getPrototypeOf(holder) as object);
  return new Proxy(shown, {
    get: (target, name): unknown =>
      Object.hasOwn(target, name) ? Reflect.get(target, name) : Reflect.get(holder, name),
  });
}

function copyOf(members: object, prototype: object | null): object {
  const copy = Object.create(prototype) as object;
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(copy, name, { value, writable: true, enumerable: true, configurable: true });
  }
  return copy;
}
