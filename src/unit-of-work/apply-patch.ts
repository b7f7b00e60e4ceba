/** Sets what a patch names on an entity; `null` is as absent as `undefined`. */
export function applyPatch(entity: object, patch: object): void {
  for (const [name, value] of Object.entries(patch) as [string, unknown][]) {
    const property = { value: value ?? undefined, writable: true, enumerable: true, configurable: true };
    // Assigned where that is possible: the class may have a setter.
    if (name === '__proto__') Object.defineProperty(entity, name, property);
    else (entity as Record<string, unknown>)[name] = property.value;
  }
}
