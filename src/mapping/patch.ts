/**
 * What a patch says: its own members without those that are `undefined`, which are as good as missing. Classes with fields make such
 * members for whatever a client did not send.
 */
export function saidBy(patch: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

/** Sets what a patch says on an entity; `null` makes a property absent. */
export function applyPatch(entity: object, patch: object): void {
  for (const [name, value] of Object.entries(saidBy(patch))) {
    const property = { value: value ?? undefined, writable: true, enumerable: true, configurable: true };
    // Assigned where that is possible: the class may have a setter.
    if (name === '__proto__') Object.defineProperty(entity, name, property);
    else (entity as Record<string, unknown>)[name] = property.value;
  }
}
