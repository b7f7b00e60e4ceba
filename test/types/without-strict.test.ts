import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

const MISDECLARED = `
import { Entity, PartitionKey, RowKey } from 'entitable';

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
`;

/** What TypeScript says of files, under the options that the starter of Nest 10 has. The folder lies in dist, where the package knows itself by name. */
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
  describe(`The types without strictNullChecks, in ${compiler}`, function () {
    this.timeout(120_000);

    it('take what they take with it: the samples', () => {
      const samples = readdirSync(join(ROOT, 'samples'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join('samples', file));
      expect(samples).not.to.deep.equal([]);
      expect(problems(compiler, samples)).to.equal('');
    });

    it('refuse keys that do not fit, in the same words', () => {
      const found = problems(compiler, [], MISDECLARED);
      for (const words of [
        "mark the row key property on its type too, 'orderId!: RowKey'",
        'several partition key properties need a partition key template',
        "the partition key template leaves out 'b'",
        "'d' in the row key template is no property marked as row key",
      ]) {
        expect(found).to.include(words);
      }
    });
  });
}
