// Builds the site of the documentation in _site/, and fails when something of it is missing or leads nowhere.
import { join } from 'node:path';
import { buildSite } from './build-site.js';

const root = join(import.meta.dirname, '../..');
const output = join(root, '_site');

const problems = await buildSite(root, output);
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? `The site is in ${output}/index.html.` : `${problems.length} problems.`);
process.exitCode = problems.length === 0 ? 0 : 1;
