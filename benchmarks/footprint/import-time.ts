import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../support/measure.js';

const RUNS = 15;

/** How many milliseconds `import 'entitable'` adds to an empty script: processes of both in turn, the difference of their medians. */
export function importTime(): number {
  const entry = fileURLToPath(import.meta.resolve('entitable'));
  const empty: number[] = [];
  const importing: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    empty.push(processTime(''));
    importing.push(processTime(`import ${JSON.stringify(entry)}`));
  }
  return median(importing) - median(empty);
}

function processTime(script: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script]);
  if (status !== 0) throw new Error(String(stderr));
  return performance.now() - start;
}
