import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../architecture/project.js';

const SOURCE = join(ROOT, 'test/stores/sqlite/stress/slowed-calls.c');

/** How the calls of a process are dealt with whose files have a path that contains `MATCH`; see `slowed-calls.c`. */
export interface SlowedCalls {
  readonly MATCH: string;
  /** Microseconds before and after each call, at most. */
  readonly SLOW?: string;
  /** While this file is there, calls fail. */
  readonly FAIL?: string;
  /** The file in which it is counted how often files are written through to the disk. */
  readonly COUNT?: string;
}

/**
 * Gives the variables of the environment by which a process has its calls slowed down, failed or counted. Skips the tests of its
 * `describe` where that cannot be had.
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
