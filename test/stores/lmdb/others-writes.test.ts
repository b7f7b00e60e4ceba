import { expect } from 'chai';
import { DataSource } from 'entitable';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { Note, note } from './visitor.js';

describe('A row that another has written to an lmdb store, and awaited, is seen by the next read', () => {
  const newPath = scratchDirectory();

  it('of another data source of the same thread', async () => {
    const path = `lmdb:${newPath()}` as const;
    await using writer = await DataSource.open(path, { durability: 'relaxed' });
    await using reader = await DataSource.open(path, { durability: 'relaxed' });
    let missed = 0;
    for (let number = 0; number < 200; number++) {
      await reader.repository(Note).get({ author: 'a', number: 'none' });
      await writer.repository(Note).insert(note('a', String(number)));
      if ((await reader.repository(Note).get({ author: 'a', number: String(number) })) === undefined) missed++;
      if ((await reader.repository(Note).query({ author: 'a' }).count()) !== number + 1) missed++;
    }
    expect(missed).to.equal(0);
  });

  it('as is a table that another data source has made or deleted', async () => {
    const path = `lmdb:${newPath()}` as const;
    await using one = await DataSource.open(path);
    await using other = await DataSource.open(path, { ensureTables: 'never' });
    const states: boolean[] = [];
    for (let round = 0; round < 5; round++) {
      await one.tables.create('Notes');
      states.push(await other.tables.exists('Notes'));
      await one.tables.delete('Notes');
      states.push(await other.tables.exists('Notes'));
    }
    expect(states).to.deep.equal(Array.from({ length: 10 }, (_, index) => index % 2 === 0));
  });
});
