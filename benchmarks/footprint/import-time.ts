import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../support/measure.js';

const RUNS = 25;

/** What importing a module adds to an empty script, in milliseconds. */
export interface ImportTime {
  readonly wall: number;
  readonly cpu: number;
}

/** Starts processes of an empty script and of each import in turn; each figure is a difference of medians. */
export function importTimes(specifiers: readonly string[]): readonly ImportTime[] {
  const scripts = ['', ...specifiers.map((specifier) => `import ${JSON.stringify(locate(specifier))}`)];
  const runs = scripts.map((script) => ({ script, times: new Array<ImportTime>() }));
  for (let run = 0; run < RUNS; run++) {
    for (const { script, times } of runs) times.push(processTime(script));
  }
  const [empty, ...imports] = runs.map(({ times }) => ({
    wall: median(times.map(({ wall }) => wall)),
    cpu: median(times.map(({ cpu }) => cpu)),
  }));
  return imports.map(({ wall, cpu }) => ({ wall: wall - empty!.wall, cpu: cpu - empty!.cpu }));
}

function locate(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}

/** The script tells its CPU time itself, when everything is loaded. */
function processTime(script: string): ImportTime {
  const tellCpu = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000);';
  const start = performance.now();
  const options = ['--input-type=module', '--eval', `${script}\n${tellCpu}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return { wall: performance.now() - start, cpu: Number(stdout) };
}
