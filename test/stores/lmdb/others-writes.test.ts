import { expect } from 'chai';
import { DataSource } from 'entitable';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { Note, note } from './visitor.js';

describe('A write of another data source to the same lmdb store', () => {
  const newPath = scratchDirectory();

  it('A write of another data source in the same thread is seen by the next read', async () => {
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

  it('A table that another data source has created or deleted is seen by the next request', async () => {
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
