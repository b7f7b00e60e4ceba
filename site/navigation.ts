import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of the site. */
export interface Page {
  readonly title: string;
  /** Path of the page, relative to the project, e.g. `docs/keys.md`. */
  readonly file: string;
}

/** A section of `docs/README.md`, i.e. one kind of pages, e.g. the guides. */
export interface Section {
  readonly title: string;
  readonly pages: readonly Page[];
}

const INDEX = 'docs/README.md';
const LISTED = /^- \[(?<title>[^\]]+)\]\((?<target>[\w./-]+\.md)\)/gm;

/**
 * Reads the sections of the documentation and their pages from `docs/README.md`, the only list of them. Throws if a
 * page of `docs/` is not listed there.
 */
export function navigation(root: string): readonly Section[] {
  const [, ...parts] = readFileSync(join(root, INDEX), 'utf8').split(/^## /m);
  const sections = parts.map((part) => ({ title: part.split('\n', 1)[0]!, pages: pagesIn(part) }));
  const listed = new Set(sections.flatMap(({ pages }) => pages.map(({ file }) => file)));
  const missing = pagesOfDocs(root).filter((file) => file !== INDEX && !listed.has(file));
  if (missing.length > 0) throw new Error(`${INDEX} does not list ${missing.join(', ')}.`);
  return sections.filter(({ pages }) => pages.length > 0);
}

function pagesIn(section: string): readonly Page[] {
  return [...section.matchAll(LISTED)].map(({ groups }) => ({
    title: groups!['title']!,
    file: join('docs', groups!['target']!).replaceAll('\\', '/'),
  }));
}

/** Returns the Markdown files of `docs/`; its subfolder holds pictures. */
function pagesOfDocs(root: string): readonly string[] {
  return readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
}
