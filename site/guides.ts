import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LISTED = /^- \[[^\]]+\]\((docs\/[\w-]+\.md)\)/gm;

/** The pages of docs/, in the order in which the README lists them, and the changelog. */
export function guides(root: string): readonly string[] {
  const listed = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(LISTED)].map(([, page]) => page!);
  const missing = readdirSync(join(root, 'docs')).filter((page) => !listed.includes(`docs/${page}`));
  if (missing.length > 0) throw new Error(`README.md does not list these guides of docs/: ${missing.join(', ')}.`);
  return [...listed, 'CHANGELOG.md'];
}

/** The title of a page: its first heading. */
export function titleOf(markdown: string): string | undefined {
  return /^# (.+)$/m.exec(markdown)?.[1];
}
