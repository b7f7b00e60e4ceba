import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of the site. */
export interface Page {
  readonly title: string;
  /** Its file, relative to the project, e.g. `docs/keys.md`. */
  readonly file: string;
}

/** One of the kinds of pages that `docs/README.md` distinguishes, e.g. the guides. */
export interface Section {
  readonly title: string;
  readonly pages: readonly Page[];
}

const INDEX = 'docs/README.md';
const LISTED = /^- \[(?<title>[^\]]+)\]\((?<target>[\w./-]+\.md)\)/gm;

/**
 * The sections of the documentation and the pages of each, in the order of `docs/README.md`: that index is the only list of them.
 * It has to list every page of `docs/`.
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

/** The Markdown files of `docs/`, which has pictures in a folder of its own. */
function pagesOfDocs(root: string): readonly string[] {
  return readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
}
