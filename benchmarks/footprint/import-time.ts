import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { amount, median } from '../support/measure.js';

const RUNS = amount(25, 1);

/** What importing a module adds to an empty script, in milliseconds. */
export interface ImportTime {
  readonly wall: number;
  /** The least of all runs: what is left of `wall` where other programs run. */
  readonly best: number;
  readonly cpu: number;
}

type Run = Pick<ImportTime, 'wall' | 'cpu'>;

/** Starts processes of an empty script and of each import in turn; the figures are differences of medians, and of the best. */
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

/** The script tells its CPU time itself, when everything is loaded. */
function processTime(script: string): Run {
  const tellCpu = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000);';
  const start = performance.now();
  const options = ['--input-type=module', '--eval', `${script}\n${tellCpu}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return { wall: performance.now() - start, cpu: Number(stdout) };
}
