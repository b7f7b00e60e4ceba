import { invalidValue } from '../../options/check-option.js';
import { EntitableError } from '../../index.js';

const OWN_ADAPTERS =
  'Give each Keyv an adapter of its own, new KeyvTables(tables): they may share the data source and the table.';

/**
 * The namespaces that Keyv 5 has used with one adapter. Keyv 5 only prefixes keys with the namespace; calls such as
 * `clear()` do not carry it.
 */
export class KeyvNamespaces {
  readonly #known = new Set<string>();

  /**
   * Registers a namespace. Throws `validation.invalid-option` if its keys could not be distinguished from those of
   * another registered namespace.
   */
  add(namespace: unknown): void {
    if (namespace === undefined || namespace === '' || this.#known.has(namespace as string)) return;
    if (typeof namespace !== 'string') throw invalidValue('namespace', 'a text', namespace);
    const twin = [...this.#known].find(
      (known) => known.startsWith(`${namespace}:`) || namespace.startsWith(`${known}:`),
    );
    if (twin !== undefined) throw this.#shared(`they read the same: "${twin}" and "${namespace}"`);
    this.#known.add(namespace);
  }

  has(namespace: string): boolean {
    return this.#known.has(namespace);
  }

  /**
   * Finds the namespace of a key by its prefix. A key without a prefix belongs to the only registered namespace. Throws
   * `validation.invalid-option` for such a key if there are several.
   */
  of(key: unknown): string {
    for (const namespace of this.#known) {
      if (typeof key === 'string' && key.startsWith(`${namespace}:`)) return namespace;
    }
    return this.only('a key without its namespace') ?? '';
  }

  /**
   * Returns the only registered namespace, or `undefined` if there is none. Throws `validation.invalid-option` if there
   * are several. `what` names the call or argument that lacks a namespace, for the message of that error.
   */
  only(what: string): string | undefined {
    const [first, ...others] = this.#known;
    if (others.length > 0) throw this.#shared(`${what} does not say which one it means`);
    return first;
  }

  #shared(why: string): EntitableError {
    return new EntitableError(
      'validation.invalid-option',
      `Keyv has given this adapter several namespaces, and ${why}. ${OWN_ADAPTERS}`,
      { option: 'namespace', expected: 'one namespace an adapter', found: 'several' },
    );
  }
}
