import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { DataSource, EntitableError } from 'entitable';
import { Note, note as noteOf } from './visitor.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';

const WRITER = fileURLToPath(new URL('./limited-writer.js', import.meta.url));

const note = (number: string): Note => noteOf('a', number);

async function thrownBy(operation: Promise<unknown>): Promise<EntitableError> {
  const error: unknown = await operation.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!EntitableError.is(error)) throw new Error('expected an EntitableError', { cause: error });
  return error;
}

describe('An lmdb store whose files cannot be used', () => {
  const newPath = scratchDirectory();

  it('An lmdb store refuses writes while its directory is renamed, and accepts them once it is back', async () => {
    const path = newPath();
    await using tables = await DataSource.open(`lmdb:${path}`);
    const notes = tables.repository(Note);
    await notes.insert(note('1'));
    renameSync(path, `${path}.away`);
    const errors = [await thrownBy(notes.insert(note('2'))), await thrownBy(tables.tables.create('Others'))];
    renameSync(`${path}.away`, path);
    await notes.insert(note('3'));
    expect(errors.map(({ code, message }) => [code, message.includes(path)])).to.deep.equal([
      ['store.unavailable', true],
      ['store.unavailable', true],
    ]);
    expect((await notes.query({ author: 'a' }).toArray()).map(({ number }) => number)).to.deep.equal(['1', '3']);
  });

  for (const replaced of [false, true]) {
    it(`An lmdb store refuses writes to a directory that was removed${replaced ? ' and created again' : ''}, since they would be lost`, async function () {
      if (process.platform === 'win32') this.skip(); // Windows cannot remove open files
      const path = newPath();
      const tables = await DataSource.open(`lmdb:${path}`);
      const notes = tables.repository(Note);
      await notes.insert(note('1'));
      rmSync(path, { recursive: true });
      if (replaced) {
        mkdirSync(path);
        await using anew = await DataSource.open(`lmdb:${path}`);
        await anew.repository(Note).insert(note('other'));
      }
      expect((await thrownBy(notes.insert(note('2')))).code).to.equal('store.unavailable');
      await tables.close();
      await using again = await DataSource.open(`lmdb:${path}`);
      const stored = await again.repository(Note).query({ author: 'a' }).toArray();
      expect(stored.map(({ number }) => number)).to.deep.equal(replaced ? ['other'] : []);
    });
  }

  it('An lmdb store without room refuses writes, keeps all that were acknowledged, and can still be read', function () {
    if (process.platform === 'win32') this.skip(); // Windows cannot limit the size of files
    this.timeout(60_000);
    const limited = spawnSync('sh', ['-c', 'ulimit -f 2000 && exec "$0" "$@"', process.execPath, WRITER, newPath()], {
      encoding: 'utf8',
    });
    const { written, found, error } = JSON.parse(limited.stdout || '{}') as Record<string, unknown>;
    expect([limited.stderr, limited.status]).to.deep.equal(['', 0]);
    expect({ found, error, some: Number(written) > 2 }).to.deep.equal({
      found: written,
      error: 'store.unavailable',
      some: true,
    });
  });
});
