/** The one thing this package keeps on `globalThis`: what must be one in a process, however often the package is loaded. */
const SLOT = Symbol.for('entitable/1');

/** What stands under a name in the process-wide slot; the first copy of the package to ask makes it. */
export function shared<V extends object>(name: string, make: () => V): V {
  const global = globalThis as { [SLOT]?: Map<string, object> };
  const slot = (global[SLOT] ??= new Map());
  let value = slot.get(name);
  if (value === undefined) {
    slot.set(name, (value = make()));
  }
  return value as V;
}
