import { format, inspect } from 'node:util';

type Renderer = (value: unknown) => string;

/** Every way in which a log, a console or a debugger turns something into text. */
export const RENDERERS: Readonly<Record<string, Renderer>> = {
  String: (value) => String(value),
  JSON: (value) => JSON.stringify(value) ?? '',
  'console.log': (value) => format(value),
  '%s': (value) => format('%s', value),
  '%j': (value) => format('%j', value),
  '%o': (value) => format('%o', value),
  '%O': (value) => format('%O', value),
  'inspect, with hidden members': (value) => inspect(value, { showHidden: true, depth: 20 }),
  'inspect, with hidden members and proxies, and nothing left out': (value) =>
    inspect(value, {
      showHidden: true,
      showProxy: true,
      depth: Infinity,
      maxArrayLength: Infinity,
      maxStringLength: Infinity,
    }),
  'inspect, with getters': (value) => inspect(value, { showHidden: true, depth: 20, getters: true }),
  'inspect, whatever a class says of it': (value) =>
    inspect(value, { showHidden: true, depth: 20, customInspect: false }),
  'inspect, with getters, whatever a class says of it': (value) =>
    inspect(value, { showHidden: true, depth: 20, getters: true, customInspect: false }),
  'own members': ownMembers,
};

/**
 * Returns the texts of an object and of everything that is reachable through own members, as a simple logger finds
 * them.
 */
function ownMembers(value: unknown): string {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const visit = (found: unknown): void => {
    if (typeof found !== 'object' || found === null) {
      if (typeof found !== 'function') texts.push(String(found));
      return;
    }
    if (seen.has(found)) return;
    seen.add(found);
    for (const key of Reflect.ownKeys(found)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(found, key);
      if (descriptor !== undefined && 'value' in descriptor) visit(descriptor.value);
    }
  };
  visit(value);
  return texts.join('\n');
}

/** Returns the ways of printing a value that show one of the given texts, each with that text. */
export function shownIn(value: unknown, secrets: readonly string[]): readonly string[] {
  return Object.entries(RENDERERS).flatMap(([name, render]) => {
    const text = render(value);
    return secrets.filter((secret) => text.includes(secret)).map((secret) => `${name}: ${secret}`);
  });
}
