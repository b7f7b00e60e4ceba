import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { amount, median } from '../support/measure.js';

const RUNS = amount(25, 1);

/** Time that an import adds to an empty script, in milliseconds. */
export interface ImportTime {
  readonly wall: number;
  /** The shortest of all runs, which excludes other load on the machine. */
  readonly best: number;
  readonly cpu: number;
}

type Run = Pick<ImportTime, 'wall' | 'cpu'>;

/**
 * Runs an empty script and each import in turn, in new processes. The results are differences of medians and of minima.
 */
export function importTimes(specifiers: readonly string[]): readonly ImportTime[] {
  const scripts = ['', ...specifiers.map((specifier) => `import ${JSON.stringify(locate(specifier))}`)];
  const runs = scripts.map((script) => ({ script, times: new Array<Run>() }));
  for (let run = 0; run < RUNS; run++) {
    for (const { script, times } of runs) times.push(processTime(script));
  }
  const [empty, ...imports] = runs.map(({ times }) => ({
    wall: median(times.map(({ wall }) => wall)),
    best: Math.min(...times.map(({ wall }) => wall)),
    cpu: median(times.map(({ cpu }) => cpu)),
  }));
  return imports.map(({ wall, best, cpu }) => ({
    wall: wall - empty!.wall,
    best: best - empty!.best,
    cpu: cpu - empty!.cpu,
  }));
}

function locate(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}

/** Runs a script that prints its own CPU time after everything is loaded. */
function processTime(script: string): Run {
  const tellCpu = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000);';
  const start = performance.now();
  const options = ['--input-type=module', '--eval', `${script}\n${tellCpu}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return { wall: performance.now() - start, cpu: Number(stdout) };
}
