/** Not members, however little enumerable: `%o` and `showHidden` print all of them. */
const hidden = new WeakMap<object, object>();

/** By the names that are hidden, so that `in` tells whether there is such a member. */
const prototypes = new Map<string, object>();

/** An object of which some members are read by their names, and found by no log, no `inspect` and no JSON. Frozen. */
export function withHidden<S extends object, H extends object>(shown: S, members: H): S & H {
  const made = Object.assign(Object.create(prototypeOf(Object.keys(members))) as S & H, shown);
  hidden.set(made, members);
  return Object.freeze(made);
}

/** What may hold values of properties, entities, or words that quote them. */
const HIDDEN: ReadonlySet<string> = new Set('value error serviceMessage committed failed unknown pending'.split(' '));

/** The details of an error, with what must not be shown hidden. */
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
    // `inspect` that is asked for getters goes through prototypes, whatever an object says of itself; but not of plain objects, as this says.
    Object.defineProperty(prototype, 'constructor', { value: Object });
    prototypes.set(key, prototype);
  }
  return prototype;
}
