import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorOf } from '../../site/anchors.js';
import { ROOT, textOf } from './guide.js';

/** A link of a page, written as `[text](target "title")` or `[label]: target "title"`. */
export interface Link {
  readonly target: string;
  readonly title: string | undefined;
}

const INLINE = /\]\((?<target>[^)\s]+)(?:\s+"(?<double>[^"]+)"|\s+'(?<single>[^']+)')?\)/g;
const DEFINITION = /^\[[^\]]+\]: (?<target>\S+)(?:\s+"(?<double>[^"]+)"|\s+'(?<single>[^']+)')?$/gm;

/** Returns the text of a page without its code blocks. */
function proseOf(page: string): string {
  return textOf(page).replaceAll(/^```.*?^```$/gms, '');
}

/** Returns the links of a page. */
export function linksOf(page: string): readonly Link[] {
  const text = proseOf(page);
  return [...text.matchAll(INLINE), ...text.matchAll(DEFINITION)].map(({ groups }) => ({
    target: groups!['target']!,
    title: groups!['double'] ?? groups!['single'],
  }));
}

/** Returns the labels that a page uses as `[text][label]`, and those that it defines. */
export function labelsOf(page: string): { readonly used: readonly string[]; readonly defined: readonly string[] } {
  const text = proseOf(page);
  return {
    used: [...text.matchAll(/\]\[([\w-]+)\]/g)].map(([, label]) => label!),
    defined: [...text.matchAll(/^\[([\w-]+)\]: /gm)].map(([, label]) => label!),
  };
}

/** Returns the target of a link as a path relative to the project; `undefined` for other hosts. */
export function destination(page: string, { target }: Link): string | undefined {
  if (/^https?:/.test(target)) return undefined;
  const [path = ''] = target.split('#');
  return path === '' ? page : join(dirname(page), path);
}

/** Returns the links of a page whose file, or whose heading in that file, does not exist. */
export function brokenLinks(page: string): readonly string[] {
  return linksOf(page)
    .filter((link) => {
      const path = destination(page, link);
      if (path === undefined) return false;
      if (!existsSync(join(ROOT, path))) return true;
      const [, anchor] = link.target.split('#');
      return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).includes(anchor);
    })
    .map(({ target }) => target);
}

/** Returns the anchors that GitHub generates for the headings of a page. */
function anchorsOf(page: string): readonly string[] {
  const seen = new Map<string, number>();
  return proseOf(page)
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) => {
      const anchor = anchorOf(line.replace(/^#+ /, ''));
      const count = seen.get(anchor) ?? 0;
      seen.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    });
}
