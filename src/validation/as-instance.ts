type AnyClass = abstract new (...args: never) => object;

/**
 * Shows class-validator a plain object or a patch as its class, for it finds constraints by the class; also an entity whose member
 * `constructor` is data, because the validator asks that for the class.
 *
 * What the object has is defined, not set: it is checked as it is stored, and the class may have a getter, or a setter that does more,
 * under its name. A getter that needs what only the constructor of the class makes gives nothing.
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
 * Shows class-validator an object with other values of some members. What else it has is asked of the object itself, because a copy lacks
 * what its class keeps in `#private` fields.
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
