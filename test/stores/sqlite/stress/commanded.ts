import { EntitableError } from '../../../../src/errors/entitable-error.js';
import type { TableStore } from '../../../../src/store/table-store.js';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { TableFixture } from '../../../../src/testing/conformance/table-fixture.js';

/**
 * A command for a process: an operation on the store with this path and durability, which stays open until it is told
 * to close it.
 */
export interface Command {
  readonly verb: 'open' | 'write' | 'read' | 'count' | 'close';
  readonly path: string;
  readonly durability: 'full' | 'relaxed';
  /** The key of the row to write or read. */
  readonly row?: string;
  /** Size of the row to write. */
  readonly bytes?: number;
}

/** The refusal of the store, or what was found: `none` if there is no such row. */
export interface Outcome {
  readonly code?: string;
  readonly text?: string;
  readonly found?: string;
}

const open = new Map<string, TableStore>();

async function run({ verb, path, durability, row = '', bytes = 10 }: Command): Promise<string> {
  const key = `${durability} ${path}`;
  const store = open.get(key) ?? (await sqliteStore(path, { durability }));
  open.set(key, store);
  const fixture = TableFixture.open(store, 'Rows');
  switch (verb) {
    case 'open': {
      await store.createTable('Rows');
      return '';
    }
    case 'write': {
      await fixture.write('insert', 'p', row, { s: `String ${row}`, x: `Binary ${'5a'.repeat(bytes)}` });
      return '';
    }
    case 'read': {
      return (await fixture.get('p', row))?.['s']?.slice('String '.length) ?? 'none';
    }
    case 'count': {
      return String((await fixture.keys()).length);
    }
    case 'close': {
      open.delete(key);
      await store[Symbol.asyncDispose]();
      return '';
    }
  }
}

process.on('message', (command: Command) => {
  run(command).then(
    (found) => process.send!({ found } satisfies Outcome),
    (error: unknown) => {
      const code = EntitableError.is(error) ? error.code : 'none';
      process.send!({ code, text: String(error) } satisfies Outcome);
    },
  );
});
process.send!('ready'); // what was sent before would have been lost
