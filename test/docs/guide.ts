import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The folder of package.json, seen from dist/test/docs. */
export const ROOT = join(import.meta.dirname, '../../..');

/** The pages of the documentation, relative to the project; `docs/README.md` is the index of the others of its folder. */
export const PAGES: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The page whose blocks are the files and commands of a project; `getting-started.test.ts` runs them. */
export const GETTING_STARTED = 'docs/getting-started.md';

/** A page of documentation as a program: its `ts` blocks in order are one module, its `text` blocks what that prints. */
export interface Guide {
  /** The page, relative to the project. */
  readonly page: string;
  /** The name of its program. */
  readonly name: string;
  readonly program: string;
  readonly output: string;
}

/** The text of a page. */
export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** Reads a page. Blocks stand at the same lines of the program as in the page, so that an error names the page's line. */
export function readGuide(page: string): Guide {
  const lines = textOf(page).split('\n');
  let language: string | undefined;
  const program: string[] = [];
  const output: string[] = [];
  for (const line of lines) {
    const fence = /^```(\w*)$/.exec(line);
    if (fence !== null) language = language === undefined ? fence[1] : undefined;
    program.push(fence === null && language === 'ts' ? line : '');
    if (fence === null && language === 'text') output.push(`${line}\n`);
  }
  return { page, name: basename(page, '.md').toLowerCase(), program: program.join('\n'), output: output.join('') };
}
