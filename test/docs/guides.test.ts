import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile, compiled } from './compile.js';
import { readGuide, ROOT } from './guide.js';

const pages = ['README.md', 'CHANGELOG.md', ...readdirSync(join(ROOT, 'docs')).map((page) => `docs/${page}`)];
// The toolchain page shows other projects' files; test/toolchain runs those.
const guides = pages.filter((page) => page !== 'docs/toolchain.md').map(readGuide);

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): readonly string[] {
  return readFileSync(join(ROOT, page), 'utf8')
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
}

function brokenLinks(page: string): readonly string[] {
  const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
  });
}

describe('The documentation', function () {
  this.timeout(120_000);

  it('has examples that compile', () => {
    expect(compile(guides.filter(({ program }) => program.trim() !== ''))).to.deep.equal([]);
  });

  for (const guide of guides.filter(({ program }) => program.trim() !== '')) {
    it(`has examples in ${guide.page} that print what it says they do`, () => {
      const options = ['--enable-source-maps', compiled(guide)];
      expect(execFileSync(process.execPath, options, { cwd: ROOT, encoding: 'utf8' })).to.equal(guide.output);
    });
  }

  for (const page of pages) {
    it(`has links in ${page} that lead somewhere`, () => {
      expect(brokenLinks(page)).to.deep.equal([]);
    });
  }
});
