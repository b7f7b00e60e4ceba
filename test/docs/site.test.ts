import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Application, type ProjectReflection } from 'typedoc';
import { anchorOf } from '../../site/anchors.js';
import { brokenLinks } from '../../site/broken-links.js';
import { entryPoints } from '../../site/entry-points.js';
import { navigation } from '../../site/navigation.js';
import { undocumented } from '../../site/undocumented.js';
import { PAGES, ROOT } from './guide.js';

/** Tests of the checks that `npm run docs` runs on the built site: each must find what is wrong. */
describe('The site of the documentation', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'entitable-site-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }

  it('The site has every entry point that package.json exports', () => {
    expect(entryPoints(ROOT)).to.deep.equal([
      { specifier: 'entitable', source: join(ROOT, 'src/index.ts') },
      ...['class-transformer', 'express', 'express-session', 'key-value', 'keyv', 'nestjs'].map((name) => ({
        specifier: `entitable/${name}`,
        source: join(ROOT, `src/integrations/${name}/index.ts`),
      })),
      { specifier: 'entitable/testing', source: join(ROOT, 'src/testing/index.ts') },
    ]);
  });

  it('The site has the sections and pages of docs/README.md in their order, and refuses a page that it leaves out', () => {
    write({
      'docs/README.md':
        '# It\n\n[Elsewhere](b.md)\n\n## Start\n\nNone yet.\n\n## Guides\n\n' +
        '- [Second](b.md): first here, see [the other](a.md)\n- [First](a.md)\n\n## Reference\n\n- [Changes](../CHANGELOG.md)\n',
      'docs/a.md': '',
      'docs/b.md': '',
      'docs/images/a.svg': '',
    });
    const pages = [
      { title: 'Second', file: 'docs/b.md' },
      { title: 'First', file: 'docs/a.md' },
    ];
    expect(navigation(folder)).to.deep.equal([
      { title: 'Guides', pages },
      { title: 'Reference', pages: [{ title: 'Changes', file: 'CHANGELOG.md' }] },
    ]);
    write({ 'docs/c.md': '' });
    expect(() => navigation(folder)).to.throw('docs/README.md does not list docs/c.md.');
  });

  it('The site leads to every page of docs/', () => {
    const pages = navigation(ROOT).flatMap((section) => section.pages.map(({ file }) => file));
    expect(pages).to.include.members(PAGES.filter((page) => !page.endsWith('README.md')));
  });

  it("The site's check finds links that lead to no file, to a folder, or to no place on a page", () => {
    write({
      'index.html':
        '<h1 id="a&amp;b">A</h1><a href="#a&amp;b"></a><a href="deep/page.html#here"></a><a href="deep"></a>' +
        '<a href="https://example.com/none"></a><a href="none.html"></a><img src="none.svg"><a href="#none"></a>',
      'deep/page.html': '<p id="here"><a href="../index.html#top"></a><a href="../a%20b.txt"></a><a href="#"></a></p>',
      'a b.txt': '',
    });
    expect(brokenLinks(folder).toSorted()).to.deep.equal([
      'deep/page.html: ../index.html#top',
      'index.html: #none',
      'index.html: deep',
      'index.html: none.html',
      'index.html: none.svg',
    ]);
  });

  it("The site's check finds broken links on a site that is served in a folder", () => {
    write({
      'index.html':
        '<a href="/docs/page.html"></a><a href="/docs/deep/"></a><a href="/page.html"></a><a href="/docs/none.html"></a>',
      'page.html': '',
      'deep/index.html': '<a href="../page.html"></a>',
    });
    expect(brokenLinks(folder, '/docs/')).to.deep.equal(['index.html: /page.html', 'index.html: /docs/none.html']);
  });

  it('The site gives headings the anchors that GitHub gives them', () => {
    expect(anchorOf('Update only if nobody else has changed it (ETags)')).to.equal(
      'update-only-if-nobody-else-has-changed-it-etags',
    );
    expect(anchorOf('`store.not-found`: `@nestjs/azure-database` & co.')).to.equal(
      'storenot-found-nestjsazure-database--co',
    );
  });

  it("The site's check finds public symbols, and members of them, without documentation", async function () {
    this.timeout(60_000);
    write({
      'tsconfig.json': '{ "files": ["face.ts"] }',
      'face.ts': `
        /** Said. */
        export interface Said {
          /** Said. */
          readonly said: { readonly part: string };
          unsaid(): void;
          readonly bare: string;
        }
        export interface Unsaid {
          /** Said. */
          readonly said: string;
        }
        /** Said. */
        export class Thing {
          #own = 3;
          /** Said. */
          get said() { return this.#own; }
          get unsaid() { return 2; }
          /** Said. */
          static make() {}
          unsaidToo() {}
        }
        /** Said. */
        export function said(): void {}
        export function unsaidFunction(): void {}
        export const unsaidValue = 1;
        export type UnsaidType = string;
      `,
    });
    expect(undocumented(await projectOf(folder))).to.deep.equal([
      'Said.bare (Property)',
      'Said.unsaid (Method)',
      'Thing.unsaid (Accessor)',
      'Thing.unsaidToo (Method)',
      'Unsaid (Interface)',
      'UnsaidType (Type Alias)',
      'unsaidFunction (Function)',
      'unsaidValue (Variable)',
    ]);
  });
});

async function projectOf(folder: string): Promise<ProjectReflection> {
  const app = await Application.bootstrap({
    entryPoints: [join(folder, 'face.ts')],
    tsconfig: join(folder, 'tsconfig.json'),
    disableSources: true,
    skipErrorChecking: true,
    readme: 'none',
    name: 'Fixture',
  });
  return (await app.convert())!;
}
