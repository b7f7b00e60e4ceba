import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vitepress';
import { writeApi } from './api.js';
import { brokenLinks } from './broken-links.js';

/**
 * Builds the site of the project in a folder into its `_site`, as configured in `site/.vitepress/config.ts`. Returns
 * the problems found.
 */
export async function buildSite(root: string): Promise<readonly string[]> {
  const api = join(root, 'site/api');
  rmSync(api, { recursive: true, force: true });
  const problems = await writeApi(root, api);
  await build(join(root, 'site'));
  const links = brokenLinks(join(root, '_site'), process.env['DOCS_BASE']);
  return [...problems, ...links.map((link) => `Broken link: ${link}`)];
}
