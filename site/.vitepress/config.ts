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

/** Pages for those who work on the library: they stand beside the README, and are no part of the package. */
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

/** Kinds of symbols that are too many for the sidebar: the page of their module lists them. */
const LISTED_BY_MODULE = new Map([
  ['Interfaces', 'interfaces'],
  ['Type Aliases', 'type-aliases'],
]);

/** The sidebar of a module and of those below it, which TypeDoc puts among its kinds of symbols. */
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

/** Headings below a symbol that are no place to find, only parts of its description. */
const PARTS_OF_SYMBOLS =
  /<h([2-6])[^>]*>(Examples?|(?:Type )?Parameters|Returns|Throws|Call Signature|Type Declaration|Implementation of|Inherited from|Overrides) .*?<\/h\1>/g;

/** The text of a page that the search finds: without the colours of code, which are slow to make. */
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

/** Explanations come before the members of the many small types that have the same words in their names. */
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
  vite: { publicDir: 'site/public', build: { chunkSizeWarningLimit: 5000 } }, // the index of the search, which is loaded when somebody searches
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
