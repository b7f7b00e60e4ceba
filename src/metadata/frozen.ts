// Maps and sets that cannot be changed, because all users of a class in the process share its metadata.

/** Creates a Map that cannot be changed. */
export function frozenMap<K, V>(entries: Iterable<readonly [K, V]>): ReadonlyMap<K, V> {
  return Object.freeze(Object.assign(new Map(entries), { set: refuse, delete: refuse, clear: refuse }));
}

/** Creates a Set that cannot be changed. */
export function frozenSet<V>(values: Iterable<V>): ReadonlySet<V> {
  return Object.freeze(Object.assign(new Set(values), { add: refuse, delete: refuse, clear: refuse }));
}

function refuse(): never {
  throw new TypeError('The metadata of a class is frozen.');
}
