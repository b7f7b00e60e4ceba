import { statSync } from 'node:fs';
import { join } from 'node:path';
import { EntitableError } from '../../errors/entitable-error.js';

/** The data, and the lock that writers of all processes share. */
const FILES = ['data.mdb', 'lock.mdb'];

/**
 * The files that were opened. LMDB goes on with them when their names are gone: what it wrote then would be lost with its process, and
 * writers that found a new lock would not know of those that hold the old one.
 */
export class StoreFiles {
  readonly #path: string;
  readonly #names: readonly string[];
  #opened: readonly (string | undefined)[] | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#names = FILES.map((file) => join(path, file));
  }

  /** Takes the files that are there for those that are open. */
  remember(): void {
    this.#opened = this.#names.map(identityOf);
  }

  /** Throws `store.unavailable` when files are open, and others or none are in their place. */
  check(): void {
    if (this.#opened === undefined) return;
    for (const [index, name] of this.#names.entries()) {
      if (identityOf(name) === this.#opened[index]) continue;
      throw new EntitableError(
        'store.unavailable',
        `The files of the store in ${this.#path} were removed or replaced while they were in use; nothing was written. ` +
          'Put them back, or close the data source and open it again to use what is there now.',
        {},
      );
    }
  }
}

function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
