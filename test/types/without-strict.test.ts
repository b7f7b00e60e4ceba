import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

const MISDECLARED = `
import { Entity, index, newestFirst, PartitionKey, Repository, RowKey } from 'entitable';

@Entity({ table: 'Half' })
export class Half {
  @PartitionKey() a: PartitionKey;
  @RowKey() b: string;
}

@Entity({ table: 'Several' })
export class Several {
  @PartitionKey() a: PartitionKey;
  @PartitionKey() b: PartitionKey;
  @RowKey() c: RowKey;
}

@Entity({ table: 'Left', partitionKey: '{a}', rowKey: '{d}' })
export class Left {
  @PartitionKey() a: PartitionKey;
  @PartitionKey() b: PartitionKey;
  @RowKey() c: RowKey;
}

@Entity({ table: 'Indexed', rowKey: '{b}' })
export class Indexed {
  static readonly byMail = index({ on: ['mail'] });
  static readonly byText = index({ on: [['plan', newestFirst]], where: { plan: 5 } });
  @PartitionKey() a: PartitionKey;
  @RowKey() b: RowKey;
  plan: 'free' | 'paid';
}
class User {
  static readonly byPlan = index({ on: ['plan', 'at'], where: { at: new Date() } });
  a: PartitionKey;
  b: RowKey;
  plan?: string;
  at: Date;
}
declare const users: Repository<User>;
users.by(User.byPlan, { a: 'a', plan: 'free' });
void users.getBy(User.byPlan, { a: 'a', plan: 'free', at: new Date() });
`;

/**
 * Compiles files with the compiler options of the starter project of Nest 10 and returns the errors. The folder is
 * below dist, from which imports of the package's own name resolve.
 */
function problems(compiler: string, files: readonly string[], source = ''): string {
  const folder = mkdtempSync(join(ROOT, 'dist', 'without-strict-'));
  try {
    writeFileSync(join(folder, 'source.ts'), source);
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: false,
      strictNullChecks: false,
      noImplicitAny: false,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['source.ts', ...files.map((file) => join(ROOT, file))] }),
    );
    const tsc = join(ROOT, 'node_modules', compiler, 'bin/tsc');
    return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const compiler of ['typescript59', 'typescript', 'typescript7']) {
  describe(`The types under ${compiler} without strictNullChecks`, function () {
    this.timeout(120_000);

    it(`The samples compile under ${compiler} without strictNullChecks`, () => {
      const samples = readdirSync(join(ROOT, 'samples'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join('samples', file));
      expect(samples).not.to.deep.equal([]);
      expect(problems(compiler, samples)).to.equal('');
    });

    it(`Mismatched keys are refused with the same messages under ${compiler} without strictNullChecks`, () => {
      const found = problems(compiler, [], MISDECLARED);
      for (const words of [
        "mark the row key property on its type too, 'orderId!: RowKey'",
        'several partition key properties need a partition key template',
        "the partition key template leaves out 'b'",
        "the index byMail names 'mail', which is no property of the class",
        "the index byText gives 'plan' a text that does not take the type of the property",
        "the index byText has a condition on 'plan' with a value of another type",
        'the index is not unique, so several entities may have the same values: query it with by()',
        "'d' in the row key template is no property marked as row key",
      ]) {
        expect(found).to.include(words);
      }
      // One for each class and for getBy: the query by an index compiles.
      expect(found.match(/error TS/g), found).to.have.length(5);
    });
  });
}
