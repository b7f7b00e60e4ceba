// Builds the site of the documentation in _site/, and fails when something of it is missing or leads nowhere.
import { join } from 'node:path';
import { buildSite } from './build-site.js';

const problems = await buildSite(join(import.meta.dirname, '../..'));
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0 ? 'The site is in _site: `npm run docs:serve` shows it.' : `${problems.length} problems.`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
