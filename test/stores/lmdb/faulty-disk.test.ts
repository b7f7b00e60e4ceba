import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { DataSource } from 'entitable';
import { scratchDirectory } from '../embedded/scratch-directory.js';

const WRITER = fileURLToPath(new URL('./faulty-disk-writer.js', import.meta.url));

const FULL_DISK = fileURLToPath(new URL('./full-disk-writer.js', import.meta.url));
/** Exit code of a process that could not mount a file system. */
const NOT_MOUNTED = 90;

/**
 * C source of a library that is loaded before the C library. While the file `FAULT` contains the name of a call, that
 * call fails on the data file of a store.
 */
const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int fails(int file, const char *call) {
  char text[64] = "", name[4096], link[64];
  FILE *fault = fopen(getenv("FAULT"), "r");
  if (!fault) return 0;
  int n = fscanf(fault, "%63s", text);
  fclose(fault);
  if (n != 1 || strcmp(text, call)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t size = readlink(link, name, sizeof name - 1);
  if (size < 8 || strncmp(name + size - 8, "data.mdb", 8)) return 0;
  if (!strcmp(call, "meta") && !(fcntl(file, F_GETFL) & O_DSYNC)) return 0;
  errno = EIO;
  return 1;
}
#define NEXT(name) static __typeof__(name) *next; if (!next) next = dlsym(RTLD_NEXT, #name)
ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) { NEXT(pwrite); return fails(file, "meta") ? -1 : next(file, bytes, size, at); }
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) { NEXT(pwrite64); return fails(file, "meta") ? -1 : next(file, bytes, size, at); }
int fdatasync(int file) { NEXT(fdatasync); return fails(file, "sync") ? -1 : next(file); }
int fsync(int file) { NEXT(fsync); return fails(file, "sync") ? -1 : next(file); }
`;

describe('An lmdb store on a disk that fails', () => {
  const newPath = scratchDirectory();
  let shim: string | undefined;

  before(function () {
    if (process.platform !== 'linux') this.skip(); // LD_PRELOAD works on Linux only
    const folder = newPath();
    mkdirSync(folder);
    const [source, library] = [join(folder, 'shim.c'), join(folder, 'shim.so')];
    writeFileSync(source, SHIM);
    const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], {
      stdio: 'inherit',
    });
    if (status !== 0) this.skip(); // the library needs a compiler
    shim = library;
  });

  // A failure of the call that writes pages is not tested: LMDB 0.9.90, as the package has it, then writes its error
  // message beyond the end of a buffer, which sometimes crashes the process.
  for (const call of ['sync', 'meta'] as const) {
    it(`An lmdb store reports a disk that fails on ${call}, and works again once the disk does`, function () {
      this.timeout(60_000);
      const [path, fault] = [newPath(), newPath()];
      const env = { ...process.env, LD_PRELOAD: shim, FAULT: fault };
      const { status, signal, stdout } = spawnSync(process.execPath, [WRITER, path, fault, call], {
        encoding: 'utf8',
        env,
      });
      expect([status, signal]).to.deep.equal([0, null]);
      expect(JSON.parse(stdout)).to.deep.equal({
        refused: ['store.unavailable', 'store.unavailable', 'store.unavailable'],
        readMeanwhile: [1, 1, 1],
        found: ['after 1', 'after 2', 'before'],
        foundAgain: ['after 1', 'after 2', 'before'],
      });
    });
  }
});

describe('An lmdb store on a full disk', () => {
  const newPath = scratchDirectory();

  it('An lmdb store reports a full disk, and works again once there is room', function () {
    this.timeout(60_000);
    const disk = newPath();
    mkdirSync(disk);
    // Mounts its own file system, which needs no privileges where users may create name spaces.
    const mounting = `mount -t tmpfs -o size=8m tmpfs "$0" || exit ${NOT_MOUNTED}; exec "$@"`;
    const mounted = [
      '--user',
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      mounting,
      disk,
      process.execPath,
      FULL_DISK,
      disk,
    ];
    const { status, signal, stdout, error } = spawnSync('unshare', mounted, { encoding: 'utf8' });
    // Users may not create name spaces everywhere.
    if (error !== undefined || status === NOT_MOUNTED || (status === 1 && stdout === '')) this.skip();
    expect([status, signal]).to.deep.equal([0, null]);
    expect(JSON.parse(stdout)).to.deep.equal({
      'a new store': 'store.unavailable',
      'the same with room': 1,
      'without a lock file': 'store.unavailable',
      'with one': 1,
      'a write': 'store.unavailable',
      'a read': 1,
      'a write with room': 2,
    });
  });

  it('An lmdb store reserves room on the disk for all pages of its lock file', async function () {
    if (process.platform === 'win32') this.skip(); // Windows does not report blocks
    const path = newPath();
    await (await DataSource.open(`lmdb:${path}`)).close();
    const { size, blocks } = statSync(join(path, 'lock.mdb'));
    expect(blocks * 512).to.be.at.least(size);
  });

  it('An lmdb store that cannot be opened within the file size limit of the process fails with store.unavailable', function () {
    if (process.platform === 'win32') this.skip(); // Windows cannot limit the size of files
    const opening = `import { DataSource } from 'entitable'; await DataSource.open('lmdb:' + process.argv[1]).catch(({ code }) => console.log(code))`;
    const command = [
      '-c',
      'ulimit -f 40 && exec "$0" "$@"',
      process.execPath,
      '--input-type=module',
      '-e',
      opening,
      newPath(),
    ];
    const { status, stdout } = spawnSync('sh', command, { encoding: 'utf8' });
    expect([status, stdout]).to.deep.equal([0, 'store.unavailable\n']);
  });
});
