import { expect } from 'chai';
import { engineError } from '../../../src/stores/lmdb/engine-error.js';
import { sqliteError } from '../../../src/stores/sqlite/sqlite-error.js';

/** Creates an error as SQLite, Node.js and LMDB do, without the system's numbers, which differ. */
const failure = (message: string, members: object): Error => Object.assign(new Error(message), members);
const NO_RIGHTS = [
  failure('access permission denied', { errcode: 3 }),
  failure('attempt to write a readonly database', { errcode: 8 }),
  failure('unable to open database file', { errcode: 14 }),
  failure("EACCES: permission denied, open 'data.db'", { code: 'EACCES' }),
  failure("EPERM: operation not permitted, chmod 'data.db'", { code: 'EPERM' }),
];
const TOO_MANY = [
  failure('unable to open database file', { errcode: 14 }),
  failure("EMFILE: too many open files, open 'data.db'", { code: 'EMFILE' }),
  failure("ENFILE: file table overflow, open 'data.db'", { code: 'ENFILE' }),
];

for (const [store, errorOf] of Object.entries({ sqlite: sqliteError, lmdb: engineError })) {
  describe(`The error of a file that ${store} cannot use`, () => {
    for (const cause of NO_RIGHTS) {
      it(`The error of a ${store} file names the user and fileMode if permissions may be missing: ${cause.message}`, () => {
        const { code, message } = errorOf('./data.db', 'cannot be opened', cause);
        expect([code, message.includes('fileMode'), message.includes('The user of this process')]).to.deep.equal([
          'store.unavailable',
          true,
          true,
        ]);
        if (process.geteuid !== undefined) expect(message).to.include(`(ID ${process.geteuid()})`);
      });
    }

    for (const cause of TOO_MANY) {
      it(`The error of a ${store} file names file descriptors if there may be none left: ${cause.message}`, () => {
        const { code, message } = errorOf('./data.db', 'cannot be opened', cause);
        expect([code, message.includes('ulimit -n')]).to.deep.equal(['store.unavailable', true]);
      });
    }
  });
}
