import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vitepress';
import { writeApi } from './api.js';
import { brokenLinks } from './broken-links.js';

/** Builds the site of the project in a folder, in its `_site`: `site/.vitepress/config.ts` says of what. Gives what is wrong with it. */
export async function buildSite(root: string): Promise<readonly string[]> {
  const api = join(root, 'site/api');
  rmSync(api, { recursive: true, force: true });
  const problems = await writeApi(root, api);
  await build(join(root, 'site'));
  const links = brokenLinks(join(root, '_site'), process.env['DOCS_BASE']);
  return [...problems, ...links.map((link) => `Broken link: ${link}`)];
}
