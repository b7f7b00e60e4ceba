import * as dataTables from '@azure/data-tables';
import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { PAGES, ROOT, textOf } from './guide.js';
import { destination, labelsOf, linksOf } from './links.js';

/** The pages that link tests as proof of their claims. */
const PROVEN = ['docs/comparison.md', 'docs/features.md'];

/** Returns the titles of the tests in a file. */
function testNames(file: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'it') {
      const [name] = node.arguments;
      if (name !== undefined && ts.isStringLiteralLike(name)) names.add(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ESNext, true));
  return names;
}

/** Returns the rows of a page's tables, as lists of cells. */
function rowsOf(page: string): readonly (readonly string[])[] {
  return textOf(page)
    .split('\n')
    .filter((line) => /^\| (?!-)/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('The claims of the documentation', () => {
  for (const page of PROVEN) {
    it(`${page} links only tests that exist, by their titles`, () => {
      const missing = linksOf(page).filter((link) => {
        const file = destination(page, link);
        return link.title !== undefined && file !== undefined && !testNames(file).has(link.title);
      });
      expect(missing).to.deep.equal([]);
    });

    it(`${page} uses every link label that it defines, and defines every one that it uses`, () => {
      const { used, defined } = labelsOf(page);
      expect([...new Set(used)].toSorted()).to.deep.equal(defined.toSorted());
    });
  }

  it('docs/comparison.md links a test in each row of its comparison, unless the feature is missing', () => {
    const proofs = linksOf('docs/comparison.md').filter(({ target }) => target.startsWith('../test/'));
    expect(proofs.filter(({ title }) => title === undefined)).to.deep.equal([]);
    const rows = rowsOf('docs/comparison.md').filter((cells) => cells.length === 3 && cells[1] !== 'Entitable');
    const [, ...compared] = rows.slice(rows.findIndex(([name]) => name === '**KV**'));
    expect(compared.length).to.be.greaterThan(30);
    expect(compared.filter(([, here]) => !/\]\[[\w-]+\]$/.test(here!) && here !== 'no')).to.deep.equal([]);
  });

  it('docs/features.md links a guide or a test for each feature, unless the feature is missing', () => {
    const rows = rowsOf('docs/features.md').filter(([name]) => name !== 'feature');
    expect(rows.length).to.be.greaterThan(100);
    expect(rows.filter(([, supported]) => !/^(?:yes|recipes|\*\*no\*\*)/.test(supported!))).to.deep.equal([]);
    expect(rows.filter(([, supported, proof]) => proof === '' && !supported!.startsWith('**no**'))).to.deep.equal([]);
  });

  it('README.md contains only measurements that docs/performance.md has too', () => {
    const figures = textOf('README.md').match(/\d[\d.]*(?:x| µs)(?!\w)/g) ?? [];
    expect(figures.length).to.be.greaterThan(3);
    const measured = textOf('docs/performance.md');
    expect(figures.filter((figure) => !measured.includes(figure.replace(/ µs$/, '')))).to.deep.equal([]);
  });
});

describe('The pages in the package', () => {
  it('The pages in the package link only files of the package, except the tests that the comparison and the features name as proofs', () => {
    const { files } = JSON.parse(textOf('package.json')) as { readonly files: readonly string[] };
    const packed = new Set([...files, 'README.md', 'LICENSE']);
    const missing = PAGES.flatMap((page) =>
      linksOf(page)
        .map((link) => destination(page, link))
        .filter((path) => path !== undefined && !packed.has(path) && !packed.has(path.split('/')[0]!))
        .filter((path) => !(PROVEN.includes(page) && path!.startsWith('test/')))
        .map((path) => `${page}: ${path}`),
    );
    expect(missing).to.deep.equal([]);
  });
});

describe('The README', () => {
  it('The README links every sample', () => {
    const samples = readdirSync(join(ROOT, 'samples')).map((topic) => `samples/${topic}/main.ts`);
    const linked = new Set(linksOf('README.md').map(({ target }) => target));
    expect(samples.filter((sample) => !linked.has(sample))).to.deep.equal([]);
  });
});

describe('The API of the Azure SDK', () => {
  const section = textOf('docs/comparison.md').split('\n## Names in other libraries\n')[1]!;
  const { TableClient, TableServiceClient, TableTransaction } = dataTables;
  const methods = [TableClient, TableServiceClient, TableTransaction].flatMap((client) =>
    Object.getOwnPropertyNames(client.prototype),
  );
  const hidden = /^(?:constructor|_\w+|list(?:Entities|Tables)(?:All|Page))$/;
  const names = [...Object.keys(dataTables).filter((name) => !name.startsWith('Known')), ...methods];

  it('docs/comparison.md has a row for each name that the Azure SDK exports', () => {
    const missing = names.filter((name) => !hidden.test(name) && !new RegExp(`\\b${name}\\b`).test(section));
    expect(missing).to.deep.equal([]);
  });
});
