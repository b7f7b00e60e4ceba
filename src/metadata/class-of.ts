/** The class of an object, by its prototype: an own member `constructor` would be data. `undefined` for an object without a prototype. */
export function classOf(value: object): (abstract new (...args: never) => object) | undefined {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: unknown } | null;
  const own = prototype?.constructor;
  return typeof own === 'function' ? (own as abstract new (...args: never) => object) : undefined;
}
