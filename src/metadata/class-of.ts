/** The class of an object, by its prototype: an own member `constructor` would be data. `undefined` for one without, or that cannot be read. */
export function classOf(value: object): (abstract new (...args: never) => object) | undefined {
  try {
    const prototype = Object.getPrototypeOf(value) as { readonly constructor?: unknown } | null;
    const own = prototype?.constructor;
    return typeof own === 'function' ? (own as abstract new (...args: never) => object) : undefined;
  } catch {
    return undefined; // a proxy, whose reader tells what is wrong with it
  }
}
