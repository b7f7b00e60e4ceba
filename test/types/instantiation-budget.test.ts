import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
/** The number of properties of an ordinary class, and of one close to the service's limit of 252. */
const USUAL = 10;
const HUGE = 200;
const FIRST = 1200;
const FURTHER = 20;
/** Permitted instantiations for each further property: the compiler has to look at every name of the class. */
const PER_PROPERTY = 12;
const COMPILERS = ['typescript', 'typescript7'];

const TYPES = ['number', 'string', 'bigint', 'Date', 'Guid', 'Uint8Array', 'boolean'];
const typeOf = (index: number): string => TYPES[index % TYPES.length] ?? '';
const namesOf = (type: string, properties: number): readonly string[] =>
  Array.from({ length: properties }, (_, index) => index)
    .filter((index) => typeOf(index) === type)
    .map((index) => `p${index}`);

type Style = (number: string, text: string) => string;

const STYLES: Readonly<Record<string, Style>> = {
  callback: (n, t) => `.where((e) => e.${n}.gt(1).and(e.${t}.startsWith('a')))`,
  'callback and selection': (n, t) => `.where((e) => e.${n}.gt(1)).select('${n}', '${t}')`,
  'name, operator and value': (n) => `.where('${n}', 'gt', 1)`,
};

/** The permitted instantiations for one decorated property. */
const DECORATORS: readonly (readonly [name: string, most: number, property: (index: number) => string])[] = [
  ['a type', 100, (index) => `@Property({ type: 'Double' }) p${index}!: number;`],
  ['a type and a default', 150, (index) => `@Property({ type: 'Double', default: ${index} }) p${index}!: number;`],
];

function sourceOf(style: Style, size: number, queries: number): string {
  const [numbers, texts] = [namesOf('number', size), namesOf('string', size)];
  const properties = Array.from({ length: size }, (_, index) => `  p${index}: ${typeOf(index)};`);
  const lines = Array.from({ length: queries }, (_, index) => {
    const query = style(numbers[index % numbers.length] ?? '', texts[index % texts.length] ?? '');
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

/** Returns the source of a class whose properties are all decorated in the same way. */
const decorated = (property: (index: number) => string, size: number): string =>
  [
    `import { Entity, PartitionKey, Property, RowKey } from 'entitable';`,
    `@Entity({ table: 'Large' })`,
    `export class Large {`,
    `  @PartitionKey() tenant!: PartitionKey;`,
    `  @RowKey() id!: RowKey;`,
    ...Array.from({ length: size }, (_, index) => `  ${property(index)}`),
    `}`,
  ].join('\n');

/** The permitted instantiations for one further index of a class, and for the first query by an index. */
const PER_INDEX = 250;
const FIRST_BY = 1800;

/** Returns the source of a class with indexes of two properties each, and with queries by them. */
function indexed(size: number, indexes: number, queries: number): string {
  const name = (at: number): string => `'p${at % TYPES.length}'`;
  return [
    `import { Entity, index, PartitionKey, RowKey, type Guid, type Repository } from 'entitable';`,
    `@Entity({ table: 'Large', rowKey: '{id}' })`,
    `export class Large {`,
    ...Array.from({ length: indexes }, (_, at) => {
      const spec = `on: [${name(at)}, ${name(at + 1)}], project: [${name(at + 2)}], where: { p6: true }`;
      return `  static readonly by${at} = index({ ${spec} });`;
    }),
    `  tenant!: PartitionKey;`,
    `  id!: RowKey;`,
    ...Array.from({ length: size }, (_, at) => `  p${at}!: ${typeOf(at)};`),
    `}`,
    `declare const entities: Repository<Large>;`,
    ...Array.from({ length: queries }, (_, at) => `export const q${at} = entities.by(Large.by0, { tenant: 'x' });`),
  ].join('\n');
}

const counts = new Map<string, number>();

/** Returns the number of types that a compiler instantiates for a source. */
function instantiations(compiler: string, source: string): number {
  const known = counts.get(compiler + source);
  if (known !== undefined) return known;
  const count = compile(compiler, source);
  counts.set(compiler + source, count);
  return count;
}

/** Compiles a source in a folder below dist, from which imports of the package's own name resolve. */
function compile(compiler: string, source: string): number {
  const folder = mkdtempSync(join(ROOT, 'dist', 'budget-'));
  try {
    writeFileSync(join(folder, 'budget.ts'), source);
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

  describe(`Type instantiations under TypeScript ${version}`, function () {
    this.timeout(120_000);

    for (const [name, style] of Object.entries(STYLES)) {
      const count = (size: number, queries: number): number => instantiations(compiler, sourceOf(style, size, queries));

      it(`Queries by ${name} instantiate fewer than ${FIRST} types for the first query, fewer than 20 for each further one`, () => {
        const one = count(USUAL, 1);
        expect(one - count(USUAL, 0), 'the first query').to.be.within(1, FIRST - 1);
        expect((count(USUAL, 1 + FURTHER) - one) / FURTHER, 'each further query').to.be.within(0, 19.99);
      });

      it(`Queries by ${name} instantiate at most ${PER_PROPERTY} more types for each property of the class`, () => {
        const first = (size: number): number => count(size, 1) - count(size, 0);
        expect((first(HUGE) - first(USUAL)) / (HUGE - USUAL)).to.be.within(0, PER_PROPERTY);
      });
    }

    it(`An index instantiates at most ${PER_INDEX} types, and at most ${PER_PROPERTY} for each property of the class`, () => {
      const count = (size: number, indexes: number): number => instantiations(compiler, indexed(size, indexes, 0));
      const first = (size: number): number => count(size, 1) - count(size, 0);
      expect((count(USUAL, 1 + FURTHER) - count(USUAL, 1)) / FURTHER).to.be.within(1, PER_INDEX);
      expect((first(HUGE) - first(USUAL)) / (HUGE - USUAL)).to.be.within(0, PER_PROPERTY);
    });

    it(`The first query by an index instantiates fewer than ${FIRST_BY} types, each further one fewer than 20`, () => {
      const count = (queries: number): number => instantiations(compiler, indexed(USUAL, 1, queries));
      expect(count(1) - count(0), 'the first query').to.be.within(1, FIRST_BY - 1);
      expect((count(1 + FURTHER) - count(1)) / FURTHER, 'each further query').to.be.within(0, 19.99);
    });

    for (const [name, most, property] of DECORATORS) {
      it(`A property with ${name} instantiates at most ${most} types`, () => {
        const count = (size: number): number => instantiations(compiler, decorated(property, size));
        expect((count(HUGE) - count(USUAL)) / (HUGE - USUAL)).to.be.within(1, most);
      });
    }
  });
}
