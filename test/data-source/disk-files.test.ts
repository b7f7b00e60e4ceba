import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'entitable';
import { scratchDirectory } from '../stores/embedded/scratch-directory.js';
import { rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

for (const scheme of ['sqlite', 'lmdb'] as const) {
  describe(`The files of a ${scheme} store`, () => {
    const newPath = scratchDirectory();

    /**
     * Returns a path in a folder that does not exist yet, and the files that a store at this path has when it is open.
     */
    function place(): { readonly folder: string; readonly path: string; readonly files: readonly string[] } {
      const folder = newPath();
      const path = join(folder, 'tables');
      const files = scheme === 'sqlite' ? [path, `${path}-wal`, `${path}-shm`] : [join(path, 'data.mdb')];
      return { folder, path, files };
    }

    it('The files of a store may be read by their owner only, and so may the folder that is created for them', async () => {
      const { folder, path, files } = place();
      await using tables = await DataSource.open(`${scheme}:${path}`);
      await tables.repository(Order).insert(order());
      expect(files.map(modeOf)).to.deep.equal(files.map(() => 0o600));
      expect(modeOf(folder)).to.equal(0o700);
    });

    it('The files of a store may be used by a group if fileMode permits it, whatever the umask', async () => {
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

    it('The files of a store keep their permissions if they exist already, and so does their folder', async () => {
      const { folder, path, files } = place();
      mkdirSync(folder, { mode: 0o755 });
      await (await DataSource.open(`${scheme}:${path}`, { fileMode: 0o640 })).close();
      await using tables = await DataSource.open(`${scheme}:${path}`);
      await tables.repository(Order).insert(order());
      expect([modeOf(folder), modeOf(files[0]!)]).to.deep.equal([0o755, 0o640]);
    });

    it('The files of a store are reported by ready() as missing, and are found again when they are back', async () => {
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
