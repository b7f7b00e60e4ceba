import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'entitable';
import { scratchDirectory } from '../stores/embedded/scratch-directory.js';
import { rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

for (const scheme of ['sqlite', 'lmdb'] as const) {
  describe(`The files of a store of ${scheme}`, () => {
    const newPath = scratchDirectory();

    /** A place for a store in a folder that is not there yet, and the files that it has when it is open. */
    function place(): { readonly folder: string; readonly path: string; readonly files: readonly string[] } {
      const folder = newPath();
      const path = join(folder, 'tables');
      const files = scheme === 'sqlite' ? [path, `${path}-wal`, `${path}-shm`] : [join(path, 'data.mdb')];
      return { folder, path, files };
    }

    it('may be read by their owner alone, and so may the folder that is made for them', async () => {
      const { folder, path, files } = place();
      await using tables = await DataSource.open(`${scheme}:${path}`);
      await tables.repository(Order).insert(order());
      expect(files.map(modeOf)).to.deep.equal(files.map(() => 0o600));
      expect(modeOf(folder)).to.equal(0o700);
    });

    it('may be used by a group where fileMode says so, whatever the umask', async () => {
      const { folder, path, files } = place();
      const umask = process.umask(0o077);
      try {
        await using tables = await DataSource.open(`${scheme}:${path}`, { fileMode: 0o660 });
        await tables.repository(Order).insert(order());
        const copy = newPath();
        await tables.backup(copy);
        const file = scheme === 'sqlite' ? copy : join(copy, 'data.mdb');
        expect([...files, file].map(modeOf)).to.deep.equal([...files, file].map(() => 0o660));
        expect(modeOf(folder)).to.equal(0o770);
      } finally {
        process.umask(umask);
      }
    });

    it('are left as they are where they are there already, and so is their folder', async () => {
      const { folder, path, files } = place();
      mkdirSync(folder, { mode: 0o755 });
      await (await DataSource.open(`${scheme}:${path}`, { fileMode: 0o640 })).close();
      await using tables = await DataSource.open(`${scheme}:${path}`);
      await tables.repository(Order).insert(order());
      expect([modeOf(folder), modeOf(files[0]!)]).to.deep.equal([0o755, 0o640]);
    });

    it('are missed by ready() when they are gone, and found again when they are back', async () => {
      const { path } = place();
      await using tables = await DataSource.open(`${scheme}:${path}`);
      await tables.ready({ failFast: true });
      const [from, to] = scheme === 'sqlite' ? [path, `${path}.moved`] : [path, join(dirname(path), 'moved')];
      renameSync(from, to);
      const gone = rejection(tables.ready({ failFast: true }));
      expect(await gone).to.have.property('code', 'store.unavailable');
      const back = tables.ready();
      renameSync(to, from);
      await back;
    });
  });
}
