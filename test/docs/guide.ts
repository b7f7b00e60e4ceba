import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The folder of package.json, relative to dist/test/docs. */
export const ROOT = join(import.meta.dirname, '../../..');

/**
 * The pages of the documentation, relative to the project. `docs/README.md` is the index of the other pages in its
 * folder.
 */
export const PAGES: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The page whose code blocks are the files and commands of a project. `getting-started.test.ts` runs them. */
export const GETTING_STARTED = 'docs/getting-started.md';

/** A page of documentation as a program: its `ts` blocks form one module, its `text` blocks the expected output. */
export interface Guide {
  /** Path of the page, relative to the project. */
  readonly page: string;
  /** Name of the program's file. */
  readonly name: string;
  readonly program: string;
  readonly output: string;
}

/** Returns the text of a page. */
export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** Reads a page. Each line keeps its line number in the program, so that errors refer to lines of the page. */
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
