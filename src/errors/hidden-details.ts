/**
 * The hidden members of each object that {@link withHidden} has made. They are not properties of that object, because
 * `%o` and `showHidden` print even non-enumerable properties.
 */
const hidden = new WeakMap<object, object>();

/** A prototype for each set of names of hidden members. Its getters return the members, and `in` finds the names. */
const prototypes = new Map<string, object>();

/**
 * Returns a frozen object, some members of which can be read by their names but do not appear in logs, `inspect` or
 * JSON.
 */
export function withHidden<S extends object, H extends object>(shown: S, members: H): S & H {
  const made = Object.assign(Object.create(prototypeOf(Object.keys(members))) as S & H, shown);
  hidden.set(made, members);
  return Object.freeze(made);
}

/** The details that may hold property values, entities, or text that quotes them. */
const HIDDEN: ReadonlySet<string> = new Set(
  'value error serviceMessage committed failed unknown pending stale'.split(' '),
);

/** Returns the details of an error with the sensitive ones hidden. */
export function hideDetails<D extends object>(details: D): D {
  const members = Object.entries(details);
  const kept = members.filter(([name]) => HIDDEN.has(name));
  if (kept.length === 0) return Object.freeze({ ...details });
  const shown = members.filter(([name]) => !HIDDEN.has(name));
  return withHidden(Object.fromEntries(shown), Object.fromEntries(kept)) as D;
}

function prototypeOf(names: readonly string[]): object {
  const key = names.join();
  let prototype = prototypes.get(key);
  if (prototype === undefined) {
    prototype = {};
    for (const name of names) {
      Object.defineProperty(prototype, name, {
        get(this: object): unknown {
          return (hidden.get(this) as Readonly<Record<string, unknown>> | undefined)?.[name];
        },
      });
    }
    // With `showHidden` and `getters`, `inspect` calls the getters of an object's prototypes, unless the prototype
    // looks like that of a plain object. This property makes it look so.
    Object.defineProperty(prototype, 'constructor', { value: Object });
    prototypes.set(key, prototype);
  }
  return prototype;
}
