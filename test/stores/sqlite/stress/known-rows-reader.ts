import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import type { TableStore } from '../../../../src/store/table-store.js';
import { readAgain, readKnownRows, type Reading } from './known-rows.js';

/**
 * A command to read the rows of a store: one that is opened for it, optionally written, and closed; or one that stays
 * open.
 */
export interface ReadCommand {
  readonly path: string;
  readonly how: 'read' | 'write' | 'keep';
}

let kept: TableStore | undefined;

async function read({ path, how }: ReadCommand): Promise<Reading> {
  if (how !== 'keep') return readKnownRows(path, how === 'write');
  kept ??= await sqliteStore(path);
  return readAgain(kept);
}

process.on('message', (command: ReadCommand) => {
  read(command).then(
    (reading) => process.send!(reading),
    (error: unknown) => process.send!({ wrong: [String(error)], told: [] } satisfies Reading),
  );
});
process.send!('ready'); // what was sent before would have been lost
