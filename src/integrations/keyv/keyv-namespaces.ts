import { invalidValue } from '../../options/check-option.js';
import { EntitableError } from '../../index.js';

const OWN_ADAPTERS =
  'Give each Keyv an adapter of its own, new KeyvTables(tables): they may share the data source and the table.';

/** The namespaces that Keyv 5 has given one adapter: it prefixes keys with theirs, and says of nothing else which one it means. */
export class KeyvNamespaces {
  readonly #known = new Set<string>();

  /** Makes a namespace known. Throws `validation.invalid-option` for one whose keys could be another one's. */
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

  /** The namespace of a key, which is its prefix; without one, the only namespace there is. */
  of(key: unknown): string {
    for (const namespace of this.#known) {
      if (typeof key === 'string' && key.startsWith(`${namespace}:`)) return namespace;
    }
    return this.only('a key without its namespace') ?? '';
  }

  /** The only namespace, if any. */
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
