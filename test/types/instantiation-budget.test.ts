import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const PROPERTIES = 200;
const FURTHER = 20;
const COMPILERS = ['typescript', 'typescript7'];

const TYPES = ['number', 'string', 'bigint', 'Date', 'Guid', 'Uint8Array', 'boolean'];
const typeOf = (index: number): string => TYPES[index % TYPES.length] ?? '';
const namesOf = (type: string): readonly string[] =>
  Array.from({ length: PROPERTIES }, (_, index) => index)
    .filter((index) => typeOf(index) === type)
    .map((index) => `p${index}`);
const NUMBERS = namesOf('number');
const TEXTS = namesOf('string');

type Style = (number: string, text: string) => string;

/** The ways to write a query; each is used with other properties every time, so that nothing is reused by luck. */
const STYLES: Readonly<Record<string, Style>> = {
  callback: (n, t) => `.where((e) => e.${n}.gt(1).and(e.${t}.startsWith('a')))`,
  'name, operator and value': (n, t) => `.where('${n}', 'gt', 1).where('${t}', 'startsWith', 'a')`,
  'callback and selection': (n, t) => `.where((e) => e.${n}.gt(1)).select('${n}', '${t}')`,
};

function sourceOf(style: Style, queries: number): string {
  const properties = Array.from({ length: PROPERTIES }, (_, index) => `  p${index}: ${typeOf(index)};`);
  const lines = Array.from({ length: queries }, (_, index) => {
    const query = style(NUMBERS[index % NUMBERS.length] ?? '', TEXTS[index % TEXTS.length] ?? '');
    return `export const q${index} = entities.query({ tenant: 'x' })${query};`;
  });
  return [
    `import type { Guid, PartitionKey, Repository, RowKey } from 'entitable';`,
    `export declare class Large {`,
    `  tenant: PartitionKey;`,
    `  id: RowKey;`,
    ...properties,
    `}`,
    `declare const entities: Repository<Large>;`,
    ...lines,
  ].join('\n');
}

/** How many types a compiler instantiates for some queries. The folder lies in dist, where the package knows itself by name. */
function instantiations(compiler: string, style: Style, queries: number): number {
  const folder = mkdtempSync(join(ROOT, 'dist', 'budget-'));
  try {
    writeFileSync(join(folder, 'budget.ts'), sourceOf(style, queries));
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2023',
          module: 'nodenext',
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: ['node'],
        },
        files: ['budget.ts'],
      }),
    );
    const tsc = join(ROOT, 'node_modules', compiler, 'bin/tsc');
    const printed = execFileSync(process.execPath, [tsc, '-p', folder, '--extendedDiagnostics'], { encoding: 'utf8' });
    return Number(/^Instantiations:\s+(\d+)/m.exec(printed)?.[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const compiler of COMPILERS) {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', compiler, 'package.json'), 'utf8')) as {
    version: string;
  };

  describe(`The instantiations of TypeScript ${version} for an entity of ${PROPERTIES} properties`, function () {
    this.timeout(120_000);

    for (const [name, style] of Object.entries(STYLES)) {
      it(`are under 1,000 for the first query and under 20 for each further one: ${name}`, () => {
        const [none, one, many] = [0, 1, 1 + FURTHER].map((queries) => instantiations(compiler, style, queries)) as [
          number,
          number,
          number,
        ];
        expect(one - none, 'the first query').to.be.within(0, 999);
        expect((many - one) / FURTHER, 'each further query').to.be.within(0, 19.99);
      });
    }
  });
}
