/**
 * Returns the class of an object, or `undefined` if the object has no class or reading it fails. Looks at the prototype
 * only: an own property called `constructor` is data.
 */
export function classOf(value: object): (abstract new (...args: never) => object) | undefined {
  try {
    const prototype = Object.getPrototypeOf(value) as { readonly constructor?: unknown } | null;
    const own = prototype?.constructor;
    return typeof own === 'function' ? (own as abstract new (...args: never) => object) : undefined;
  } catch {
    return undefined; // a proxy whose trap throws: the code that reads its properties reports that
  }
}
