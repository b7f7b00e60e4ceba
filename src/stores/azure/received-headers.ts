import type { IncomingHttpHeaders } from 'node:http';
import { createHttpHeaders, type HttpHeaders } from '@azure/core-rest-pipeline';

/** The headers of an answer, as the SDK's pipeline takes them. Few are asked for, so that they are left where Node has them until one is changed. */
export class ReceivedHeaders implements HttpHeaders {
  readonly #received: IncomingHttpHeaders;
  #all: HttpHeaders | undefined;

  constructor(received: IncomingHttpHeaders) {
    this.#received = received;
  }

  get(name: string): string | undefined {
    return this.#all === undefined ? first(this.#received[name.toLowerCase()]) : this.#all.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, value: string | number | boolean): void {
    this.#copied().set(name, value);
  }

  delete(name: string): void {
    this.#copied().delete(name);
  }

  toJSON(options?: { readonly preserveCase?: boolean }): Record<string, string> {
    return this.#copied().toJSON(options);
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#copied()[Symbol.iterator]();
  }

  #copied(): HttpHeaders {
    if (this.#all === undefined) {
      this.#all = createHttpHeaders();
      for (const [name, value] of Object.entries(this.#received)) {
        const text = first(value);
        if (text !== undefined) this.#all.set(name, text);
      }
    }
    return this.#all;
  }
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
