import { cpSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { MarkdownEnv, MarkdownRenderer } from 'vitepress';

/** Matches links to other hosts, to places on the same page, and to absolute paths of the site. */
const NO_FILE = /^(?:[a-z]+:|#|\/)/i;

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/**
 * Files of the project that pages link although they are not pages: tests, samples, sources. The site contains a copy
 * of each as text, which every browser can show.
 */
export class ProjectFiles {
  readonly #root: string;
  readonly #linked = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Changes the links of pages: those to project files lead to the copies, and those to the README to the start page.
   */
  readonly plugin = (md: MarkdownRenderer): void => {
    md.core.ruler.push('project-files', ({ tokens, env }) => {
      const { path } = env as MarkdownEnv;
      for (const { children } of tokens) this.#relink(children ?? [], dirname(path));
    });
  };

  /** Copies the files that the rendered pages link. */
  copyTo(output: string): void {
    for (const file of this.#linked) cpSync(join(this.#root, file), join(output, addressOf(file)));
  }

  #relink(tokens: readonly Token[], folder: string): void {
    for (const [index, token] of tokens.entries()) {
      const href = token.attrGet('href');
      if (token.type !== 'link_open' || href === null || NO_FILE.test(href)) continue;
      const [path = ''] = href.split('#');
      const file = relative(this.#root, join(folder, decodeURI(path))).replaceAll('\\', '/');
      if (file === 'README.md') {
        token.attrSet('href', '/');
      } else if (!file.endsWith('.md')) {
        const end = tokens.findIndex(({ type }, at) => at > index && type === 'link_close');
        this.#linkCopy(file, token, tokens[end]);
      }
    }
  }

  /** Links a copy of a file. A folder has no copy, so its link becomes plain text. */
  #linkCopy(file: string, open: Token, close: Token | undefined): void {
    if (statSync(join(this.#root, file)).isFile()) {
      this.#linked.add(file);
      open.attrSet('href', addressOf(file));
    } else {
      open.attrs = [];
      open.tag = 'span';
      if (close !== undefined) close.tag = 'span';
    }
  }
}

function addressOf(file: string): string {
  return `/files/${file}.txt`;
}
