// Builds the site of the documentation into _site/. Fails if documentation is missing or a link is broken.
import { join } from 'node:path';
import { buildSite } from './build-site.js';

const problems = await buildSite(join(import.meta.dirname, '../..'));
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0 ? 'The site is in _site: `npm run docs:serve` shows it.' : `${problems.length} problems.`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
