import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../architecture/project.js';

const SOURCE = join(ROOT, 'test/stores/sqlite/stress/slowed-calls.c');

/** Settings for the system calls of a process on files whose path contains `MATCH`; see `slowed-calls.c`. */
export interface SlowedCalls {
  readonly MATCH: string;
  /** Maximum delay before and after each call, in microseconds. */
  readonly SLOW?: string;
  /** While this file exists, calls fail. */
  readonly FAIL?: string;
  /** The file that contains the number of times that files were synced to disk. */
  readonly COUNT?: string;
}

/**
 * Returns a function that makes the environment variables by which the calls of a process are slowed down, failed or
 * counted. Skips the tests of its `describe` if the system does not support that.
 */
export function slowedCalls(): (how: SlowedCalls) => Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'entitable-calls-'));
  const library = join(folder, 'slowed-calls.so');
  before('needs gcc on Linux', function () {
    this.timeout(20_000);
    const isLinux = process.platform === 'linux';
    if (!isLinux || spawnSync('gcc', ['-shared', '-fPIC', '-o', library, SOURCE, '-ldl']).status !== 0) this.skip();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (how) => ({ LD_PRELOAD: library, ...how });
}
