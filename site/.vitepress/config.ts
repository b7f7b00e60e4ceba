import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type DefaultTheme } from 'vitepress';
import { anchorOf } from '../anchors.js';
import { navigation } from '../navigation.js';
import { ProjectFiles } from '../project-files.js';

const root = join(import.meta.dirname, '../..');
const base = process.env['DOCS_BASE'] ?? '/';
const files = new ProjectFiles(root);
const sections = navigation(root);

const linkOf = (file: string): string => `/${file.replace(/\.md$/, '')}`;
const guides: DefaultTheme.SidebarItem[] = sections.map(({ title, pages }) => ({
  text: title,
  items: pages.map((page) => ({ text: page.title, link: linkOf(page.file) })),
}));

/** Pages for contributors. They are beside the README and not part of the package. */
const project: DefaultTheme.SidebarItem = {
  text: 'Project',
  items: ['Architecture', 'Contributing', 'Security'].map((text) => ({ text, link: `/${text.toUpperCase()}` })),
};

/** An entry of the list of symbols that TypeDoc writes. */
interface Symbols {
  readonly title: string;
  readonly path?: string;
  readonly children?: readonly Symbols[];
}

/** Kinds of symbols that are too many for the sidebar. The page of their module lists them. */
const LISTED_BY_MODULE = new Map([
  ['Interfaces', 'interfaces'],
  ['Type Aliases', 'type-aliases'],
]);

/**
 * Creates the sidebar entries of a module and of the modules below it, which TypeDoc lists among the module's kinds of
 * symbols.
 */
function modules({ title, path, children = [] }: Symbols, folder = ''): readonly DefaultTheme.SidebarItem[] {
  const name = folder + title;
  const link = `/api/${path!.replace('index.md', '')}`;
  const kinds = children.filter((child) => child.path === undefined);
  return [
    { text: name, link, items: kinds.map((kind) => kindItem(kind, link)) },
    ...children.filter((child) => child.path !== undefined).flatMap((child) => modules(child, `${name}/`)),
  ];
}

function kindItem({ title, children = [] }: Symbols, module: string): DefaultTheme.SidebarItem {
  const anchor = LISTED_BY_MODULE.get(title);
  if (anchor !== undefined) return { text: title, link: `${module}#${anchor}` };
  const items = children.map((symbol) => ({ text: symbol.title, link: `/api/${symbol.path!.replace('.md', '')}` }));
  return { text: title, items, collapsed: true };
}

const index = join(root, 'site/api/navigation.json');
const api = existsSync(index)
  ? (JSON.parse(readFileSync(index, 'utf8')) as readonly Symbols[]).flatMap((module) => modules(module))
  : [];

/** Headings that only label a part of a symbol's description, so the search must not list them as places. */
const PARTS_OF_SYMBOLS =
  /<h([2-6])[^>]*>(Examples?|(?:Type )?Parameters|Returns|Throws|Call Signature|Type Declaration|Implementation of|Inherited from|Overrides) .*?<\/h\1>/g;

/** Renders a page for the search index, without the syntax highlighting of code, which is slow. */
const renderForSearch: DefaultTheme.LocalSearchOptions['_render'] = (source, env, md) => {
  const { highlight } = md.options;
  md.options.highlight = null;
  try {
    const html = md.render(source, env);
    return env.relativePath.startsWith('site/api/') ? html.replaceAll(PARTS_OF_SYMBOLS, '<p>$2</p>') : html;
  } finally {
    md.options.highlight = highlight ?? null;
  }
};

/**
 * Options of the search. Pages of the many small types rank lower, so that explanations with the same words come first.
 */
const search: DefaultTheme.LocalSearchOptions = {
  _render: renderForSearch,
  miniSearch: {
    searchOptions: { boostDocument: (page: string) => (/\/(?:interfaces|type-aliases)\//.test(page) ? 0.3 : 1) },
  },
};

export default defineConfig({
  title: 'Entitable',
  description: 'The object-table mapper for TypeScript',
  lang: 'en-GB',
  base,
  srcDir: '..',
  srcExclude: ['README.md', '{benchmarks,coverage,samples,test}/**'],
  rewrites: { 'site/:page(.*)': ':page' },
  outDir: '../_site',
  cacheDir: '../dist/site/cache',
  head: [['link', { rel: 'icon', href: `${base}logo.svg` }]],
  // the search index is large, and is loaded only when a reader searches
  vite: { publicDir: 'site/public', build: { chunkSizeWarningLimit: 5000 } },
  markdown: { anchor: { slugify: anchorOf }, config: (md) => md.use(files.plugin) },
  buildEnd: ({ outDir }) => files.copyTo(outDir),
  themeConfig: {
    logo: '/logo.svg',
    nav: [
      ...sections.map(({ title, pages }) => ({
        text: title,
        link: linkOf(pages[0]!.file),
        activeMatch: `^(?:${pages.map(({ file }) => linkOf(file)).join('|')})(?:\\.html)?$`,
      })),
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
    sidebar: { '/': [...guides, { text: 'API', link: '/api/' }, project], '/api/': api },
    outline: [2, 3],
    search: { provider: 'local', options: search },
    externalLinkIcon: true,
  },
});
