const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/**
 * A shared access signature and where it is valid: `DataSource.open` takes it as it is. It permits whoever has it, so that neither
 * `inspect` nor JSON shows the signature; hand it on as {@link signature} or {@link connectionString}.
 */
export class SharedAccess {
  /** Where the tables of the account are. */
  readonly endpoint: string;
  readonly #signature: string;

  constructor(endpoint: string, signature: string) {
    this.endpoint = endpoint;
    this.#signature = signature;
  }

  /** The signature as the query of a URL, without the question mark. A secret. */
  get signature(): string {
    return this.#signature;
  }

  /** The endpoint and the signature in one text, which `DataSource.open` and the SDKs take. A secret. */
  get connectionString(): string {
    return `TableEndpoint=${this.endpoint};SharedAccessSignature=${this.#signature}`;
  }

  /** What makes it a target of `DataSource.open`. */
  get credential(): { readonly signature: string } {
    return this;
  }

  /** @internal For `inspect`, which else would show the signature where it is asked for getters. */
  [INSPECT](): object {
    return { endpoint: this.endpoint };
  }
}
