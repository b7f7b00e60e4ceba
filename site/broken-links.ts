import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LINK = /\s(?:href|src)="([^"]*)"/g;
const ANCHOR = /\sid="([^"]*)"/g;
const ELSEWHERE = /^(?:https?|mailto|data):/;

/**
 * Returns the links of a folder's pages whose file, or whose place in that file, does not exist. Links to other hosts
 * are not checked. `base` is the path at which the folder is served: absolute links begin with it.
 */
export function brokenLinks(folder: string, base = '/'): readonly string[] {
  const files = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)));
  const pages = new Map([...files].filter((file) => file.endsWith('.html')).map((file) => [file, readPage(file)]));

  const fileOf = (page: string, path: string): string => {
    if (path === '') return page;
    const file = path.startsWith('/') ? join(folder, relative(base, path)) : join(dirname(page), path);
    return path.endsWith('/') ? join(file, 'index.html') : file;
  };
  const isBroken = (page: string, link: string): boolean => {
    const [path = '', anchor] = link.split('#').map((part) => decodeURIComponent(part));
    const target = fileOf(page, path);
    if (!files.has(target) || !statSync(target).isFile()) return true;
    return anchor !== undefined && anchor !== '' && pages.get(target)?.anchors.has(anchor) === false;
  };
  return [...pages].flatMap(([page, { links }]) =>
    links.filter((link) => isBroken(page, link)).map((link) => `${relative(folder, page)}: ${link}`),
  );
}

interface HtmlPage {
  readonly links: readonly string[];
  readonly anchors: ReadonlySet<string>;
}

function readPage(file: string): HtmlPage {
  const html = readFileSync(file, 'utf8');
  const values = (attribute: RegExp): readonly string[] =>
    [...html.matchAll(attribute)].map(([, value]) => value!.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
  return {
    links: [...new Set(values(LINK))].filter((link) => !ELSEWHERE.test(link)),
    anchors: new Set(values(ANCHOR)),
  };
}
