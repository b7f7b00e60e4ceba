// Runs every benchmark in its short form, which takes seconds and only shows that it works: its figures are
// meaningless.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../dist/benchmarks/', import.meta.url));
const programs = readdirSync(folder).map((name) => `${folder}${name}/main.js`);

for (const program of programs.filter((each) => existsSync(each))) {
  console.log(`\n== ${program}, in its short form: the figures say nothing\n`);
  const { status } = spawnSync(process.execPath, [program], {
    env: { ...process.env, BENCH_SHORT: '1' },
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`It ended with ${status}.`);
    process.exitCode = 1;
  }
}
