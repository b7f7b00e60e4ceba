import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';
import { TableFixture } from '../../../../src/testing/conformance/table-fixture.js';

/** A command to open, and if necessary create, the store of a path at a moment in milliseconds since 1970. */
export interface Creation {
  readonly path: string;
  readonly at: number;
  /** The key of the row to write. */
  readonly row: string;
}

/** The problems found; empty if the row was written and seen, and the store was closed. */
export type Created = readonly string[];

async function create({ path, at, row }: Creation): Promise<Created> {
  while (Date.now() < at); // all begin at the same moment
  await using store = await sqliteStore(path);
  await store.createTable('Rows');
  const fixture = TableFixture.open(store, 'Rows');
  await fixture.write('insert', 'p', row, { i: 'Int32 1' });
  return (await fixture.keys()).includes(row) ? [] : [`${row} is not there right after it was written`];
}

process.on('message', (creation: Creation) => {
  create(creation).then(
    (problems) => process.send!(problems),
    (error: unknown) => process.send!([`${creation.row}: ${String(error)}`]),
  );
});
process.send!('ready'); // what was sent before would have been lost
