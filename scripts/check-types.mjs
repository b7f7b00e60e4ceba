// Type-checks both projects (legacy and standard decorators) with every supported TypeScript. The project for standard
// decorators reads the package's own declarations, so dist/ must be built.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compilers = ['typescript59', 'typescript', 'typescript7'];
const projects = { legacy: 'tsconfig.json', TC39: 'test/standard/tsconfig.json' };
/** The build information of another compiler must not overwrite that of the build. */
const options = ['--noEmit', '--incremental', 'false', '--tsBuildInfoFile', 'null'];

for (const compiler of compilers) {
  const { version } = JSON.parse(readFileSync(`${root}node_modules/${compiler}/package.json`, 'utf8'));
  for (const [standard, project] of Object.entries(projects)) {
    const tsc = `node_modules/${compiler}/bin/tsc`;
    const { status } = spawnSync(process.execPath, [tsc, '-p', project, ...options], { cwd: root, stdio: 'inherit' });
    console.log(`TypeScript ${version}, ${standard} decorators: ${status === 0 ? 'ok' : 'FAILED'}`);
    if (status !== 0) {
      process.exitCode = 1;
    }
  }
}
