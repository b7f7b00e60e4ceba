import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { amount, median } from '../support/measure.js';
import { PROGRAMS } from './generated-programs.js';

const ROUNDS = amount(5, 1);
/** Makes a program print its CPU time when it exits. */
const TELL_CPU =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();console.log("CPU: "+(user+system)/1e6)})';

/** The cost of type-checking a program. */
export interface TypeCheck {
  readonly program: string;
  /** CPU seconds of `tsc --noEmit`, including the start of the compiler. */
  readonly cpu: number;
  readonly instantiations: number;
}

/** Checks generated programs with the TypeScript of this repository, in turn, round by round. */
export function typeChecks(): readonly TypeCheck[] {
  const programs = Object.entries(PROGRAMS).map(([program, source]) => ({ program, source, runs: new Array<Run>() }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { source, runs } of programs) runs.push(check(source));
  }
  return programs.map(({ program, runs }) => ({
    program,
    cpu: median(runs.map(({ cpu }) => cpu)),
    instantiations: runs[0]!.instantiations,
  }));
}

type Run = Omit<TypeCheck, 'program'>;

/** Compiles a program in a folder below dist, from which imports of the package's own name resolve. */
function check(source: string): Run {
  const folder = mkdtempSync(join(fileURLToPath(new URL('../..', import.meta.url)), 'type-check-'));
  try {
    writeFileSync(join(folder, 'program.ts'), source);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: ['program.ts'] }));
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const options = ['--import', TELL_CPU, tsc, '-p', folder, '--extendedDiagnostics'];
    const { status, stdout } = spawnSync(process.execPath, options, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stdout);
    return { cpu: figureOf(stdout, 'CPU'), instantiations: figureOf(stdout, 'Instantiations') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const OPTIONS = {
  target: 'es2023',
  module: 'node20',
  strict: true,
  experimentalDecorators: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
};

function figureOf(printed: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(printed)?.[1]);
}
