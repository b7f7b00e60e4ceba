import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../../..');
const COMPILERS = ['typescript59', 'typescript', 'typescript7'];

const HEAD = `import {
  DataSource, defineEntity, Entity, EntitableError, index, newestFirst, PartitionKey, Property, Repository, RowKey,
  type Defaulted, type ETag, type Session,
} from 'entitable';
interface Address { street: string }
class Mailer { send(): void {} }
@Entity({ table: 'Orders' })
class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'Double' }) total!: number;
  @Property({ type: 'String' }) status?: 'open' | 'shipped';
}
class Orders extends Repository.of(Order) {
  constructor(session: Session, readonly mailer: Mailer) { super(session); }
}
class Wrong extends Repository<Order> {}
@Entity({ table: 'Unmarked' })
class Unmarked {
  @PartitionKey() p!: string;
  @RowKey() r!: string;
}
class User {
  static readonly byPlan = index({ on: ['plan', 'at'] });
  tenant!: PartitionKey;
  id!: RowKey;
  plan!: 'free' | 'paid';
  at!: Date;
  email?: string;
  etag?: ETag;
  send(): void {}
}
const byMail = index({ on: ['mail'] });
declare const tables: DataSource;
declare const orders: Repository<Order>;
declare const users: Repository<User>;
declare const thrown: unknown;
const query = orders.query({ customerId: 'c' });
`;

/** Mistakes of one line each, with the words of the compiler's message that show how to fix them. */
const MISTAKES: readonly (readonly [what: string, line: string, words: readonly string[]])[] = [
  [
    'a custom repository without its dependency',
    `tables.repository(Orders);`,
    ['what its constructor takes is given behind it: repository(Orders, mailer)'],
  ],
  [
    'a repository class that extends Repository<Order>',
    `tables.repository(Wrong);`,
    ['a repository class extends Repository.of(Order), not Repository<Order>'],
  ],
  [
    'one key that is not marked on its type',
    `@Entity({ table: 'Half' }) export class Half { @PartitionKey() p!: string; @RowKey() r!: RowKey }`,
    ["mark the partition key property on its type too, 'customerId!: PartitionKey'"],
  ],
  [
    'a key of a class that marks none',
    `void tables.repository(Unmarked).get({ p: 'a', r: 'b' });`,
    ["'p' does not exist in type 'StoredKey", 'its keys are not marked on their types'],
  ],
  [
    'RowKey<Date> without a converter',
    `export class Dated { @RowKey() at!: RowKey<Date>; }`,
    ['a key that is no string needs a converter: @RowKey({ converter: newestFirst }) for a Date'],
  ],
  [
    'an object without a converter',
    `export class Placed { @Property() address!: Address; }`,
    ['what has no EDM type needs a converter: @Property({ converter: json() }) for an object'],
  ],
  [
    'an array without a converter',
    `export class Tagged { @Property() tags!: string[]; }`,
    ['what has no EDM type needs a converter'],
  ],
  [
    'a default of another type',
    `export class Counted { @Property({ default: 'none' }) count!: number; }`,
    ['the default is no value of the type of the property'],
  ],
  [
    'a default that is none of a union',
    `export class Stated { @Property({ type: 'String', default: 'lost' }) state!: Defaulted<'open' | 'shipped'>; }`,
    ['the default is no value of the type of the property'],
  ],
  [
    'a function as a default that gives another type',
    `export class Dated2 { @Property({ type: 'DateTime', default: () => Date.now() }) at!: Date; }`,
    ['the function that is the default gives no value of the type of the property'],
  ],
  [
    'an object as a default',
    `export class Dated3 { @Property({ type: 'DateTime', default: new Date() }) at!: Date; }`,
    ['the default is an object, which all entities would share: give a function that makes one'],
  ],
  ['a wrong name in where', `query.where('totl', 'eq', 5);`, ['"totl"', '"customerId"', '"orderId"', '"total"']],
  ['a wrong name in a callback', `query.where((o) => o.totl.eq(5));`, ["'totl'", "Did you mean 'total'?"]],
  ['a wrong name in an object', `query.where({ totl: 5 });`, ["'totl' does not exist", 'total?: number']],
  ['a wrong value in an object', `query.where({ total: 'x' });`, ["'string' is not assignable to type 'number'"]],
  ['a wrong name in orderBy', `query.orderBy('totl');`, ['"totl"', '"customerId"', '"orderId"', '"total"']],
  ['a wrong name in select', `query.select('totl');`, ['"totl"', '"customerId"', '"orderId"', '"total"']],
  [
    'a wrong name in a patch',
    `void orders.merge({ customerId: 'c', orderId: 'o' }, { totl: 5 });`,
    ["'totl' does not exist", "'total'"],
  ],
  ...[
    `void query.merge({ totl: 5 });`,
    `void query.merge(() => ({ totl: 5 }));`,
    `void query.merge(async (row) => ({ totl: row.total }));`,
    `void query.merge((row) => { if (row.total > 1) return { totl: 1 }; return undefined; });`,
  ].map((line) => [`a wrong name in ${line}`, line, ["a patch cannot name 'totl'"]] as const),
  ['a wrong value in a patch for a query', `void query.merge({ total: 'x' });`, ["the value of 'total' in the patch"]],
  [
    'a wrong value in the patch of a row',
    `void query.merge((row) => ({ total: String(row.total) }));`,
    ["'string' is not assignable to type 'number'"],
  ],
  ['a wrong operator', `query.where('total', 'gte', 5);`, ['"gte"', 'OrderOperator']],
  ['a literal that is none of a union', `query.where('status', 'in', ['lost']);`, ['"lost"', '"open"', '"shipped"']],
  ['half of a key', `void orders.get({ customerId: 'c' });`, ["'orderId' is missing"]],
  ...(
    [
      ['no property', `on: ['mail']`, "the index byIt names 'mail', which is no property of the class"],
      ['a method', `on: ['send']`, "the index byIt names 'send', which is a method, or a value that the store gives"],
      ['the ETag', `on: ['etag']`, "the index byIt names 'etag', which is a method, or a value that the store gives"],
      ['the partition', `on: ['tenant']`, "the index byIt names 'tenant', which is part of the partition key"],
      ['a text', `on: [['email', newestFirst]]`, "the index byIt gives 'email' a text that does not take the type"],
      ['a text', `partition: [['email', newestFirst]]`, "the index byIt gives 'email' a text that does not take"],
      ['a projected name', `on: ['at'], project: ['mail']`, "the index byIt names 'mail', which is no property"],
      ['a projected key', `on: ['at'], project: ['id']`, "the index byIt projects 'id', which is part of the key"],
      ['a condition', `on: ['at'], where: { pln: 'free' }`, "the index byIt names 'pln', which is no property of the"],
      ['a value', `on: ['at'], where: { plan: 'gold' }`, "the index byIt has a condition on 'plan' with a value of an"],
    ] as const
  ).map(
    ([what, spec, words], at) =>
      [
        `${what} in an index with ${spec}`,
        `@Entity({ table: 'Users', rowKey: '{id}' }) export class User${at} extends User { static readonly byIt = index({ ${spec} }); }`,
        [words],
      ] as const,
  ),
  [
    'an index in the schema of defineEntity',
    `defineEntity(User, { table: 'Users', rowKey: '{id}', properties: {}, indexes: { byMail } });`,
    ["the index byMail names 'mail', which is no property of the class"],
  ],
  [
    'a value of an index without the one before it',
    `users.by(User.byPlan, { tenant: 't', at: new Date() });`,
    ["Property 'plan' is missing in type '{ tenant: string; at: Date; }' but required in type '{"],
  ],
  [
    'getBy with an index that is not unique',
    `void users.getBy(User.byPlan, { tenant: 't', plan: 'free', at: new Date() });`,
    ['the index is not unique, so several entities may have the same values: query it with by()'],
  ],
  [
    'an option of an index',
    `export const byPlan = index({ on: ['plan'], uniqe: true });`,
    ["an index has no option 'uniqe'"],
  ],
  [
    'an index of another class',
    `orders.by(User.byPlan, { customerId: 'c', plan: 'free' });`,
    ["the index names 'plan', which this class does not have: it is an index of another class"],
  ],
  ['a code with a typo', `EntitableError.is(thrown, 'store.not-fonud');`, ['"store.not-fonud"', '"store."']],
];

/**
 * Compiles the mistakes and returns the messages for each line. The folder is below dist, from which imports of the
 * package's own name resolve.
 */
function messages(compiler: string, experimentalDecorators: boolean): readonly string[] {
  const folder = mkdtempSync(join(ROOT, 'dist', 'messages-'));
  try {
    writeFileSync(join(folder, 'mistakes.ts'), HEAD + MISTAKES.map(([, line]) => `${line}\n`).join(''));
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      experimentalDecorators,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['mistakes.ts'] }));
    const tsc = join(ROOT, 'node_modules', compiler, 'bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--noErrorTruncation', '--pretty', 'false'], {
      encoding: 'utf8',
    });
    const said = MISTAKES.map(() => '');
    const first = HEAD.split('\n').length;
    for (const [, line, text = ''] of stdout.matchAll(/mistakes\.ts\((\d+),\d+\): ([^]*?)(?=\S*mistakes\.ts\(|$)/g)) {
      const index = Number(line) - first;
      said[index] = `${said[index] ?? ''}${text}`;
    }
    return said;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const compiler of COMPILERS) {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', compiler, 'package.json'), 'utf8')) as {
    version: string;
  };

  for (const [standard, experimental] of [
    ['legacy', true],
    ['TC39', false],
  ] as const) {
    describe(`The error messages of TypeScript ${version} with ${standard} decorators`, function () {
      this.timeout(120_000);

      let said: readonly string[];
      before(() => {
        said = messages(compiler, experimental);
      });

      for (const [index, [what, , words]] of MISTAKES.entries()) {
        it(`The error message about ${what} names the fix (TypeScript ${version}, ${standard} decorators)`, () => {
          for (const word of words) expect(said[index]).to.include(word);
        });
      }
    });
  }
}

describe('The completions of an editor', function () {
  this.timeout(120_000);

  /** Returns the completions that the language service of TypeScript offers at the position of `|`. */
  function completions(line: string): readonly string[] {
    const file = join(ROOT, 'dist', 'completions.ts');
    const source = HEAD + line.replace('|', '');
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      experimentalDecorators: true,
      skipLibCheck: true,
      types: ['node'],
    };
    const service = ts.createLanguageService({
      getCompilationSettings: () => options,
      getScriptFileNames: () => [file],
      getScriptVersion: () => '1',
      getScriptSnapshot(name) {
        const text = name === file ? source : ts.sys.readFile(name);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => ROOT,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: (name) => name === file || ts.sys.fileExists(name),
      readFile: (name) => (name === file ? source : ts.sys.readFile(name)),
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
    });
    try {
      const offered = service.getCompletionsAtPosition(file, HEAD.length + line.indexOf('|'), undefined);
      return offered?.entries.map(({ name }) => name) ?? [];
    } finally {
      service.dispose();
    }
  }

  it('An editor completes an error code after its dot', () => {
    expect(completions(`EntitableError.is(thrown, 'store.|');`)).to.include.members([
      'store.',
      'store.not-found',
      'store.precondition-failed',
    ]);
  });

  it('An editor completes names, operators and values in where', () => {
    expect(completions(`query.where('|');`)).to.have.members(['customerId', 'orderId', 'total', 'status']);
    expect(completions(`query.where('total', '|');`)).to.include.members(['eq', 'between', 'in']);
    expect(completions(`query.where('status', 'eq', '|');`)).to.have.members(['open', 'shipped']);
    expect(completions(`query.where('status', 'in', ['|']);`)).to.include.members(['open', 'shipped']);
    expect(completions(`query.where((o) => o.status.in(['|']));`)).to.include.members(['open', 'shipped']);
    expect(completions(`query.where({ | });`)).to.include.members(['customerId', 'orderId', 'total', 'status']);
    expect(completions(`query.where({ status: '|' });`)).to.include.members(['open', 'shipped']);
  });

  it('An editor completes the names and values of a patch', () => {
    expect(completions(`query.merge({ | });`)).to.include.members(['total', 'status']);
    expect(completions(`query.merge({ status: '|' });`)).to.include.members(['open', 'shipped']);
    expect(completions(`query.merge((row) => ({ | }));`)).to.include.members(['total', 'status']);
    expect(completions(`query.merge((row) => ({ status: '|' }));`)).to.include.members(['open', 'shipped']);
    expect(completions(`query.merge((row) => ({ total: row.| }));`)).to.include.members(['total', 'orderId']);
  });

  it('An editor completes the parts of a key', () => {
    expect(completions(`void orders.get({ | });`)).to.have.members(['customerId', 'orderId']);
    expect(completions(`query.orderBy('|');`)).to.have.members(['customerId', 'orderId', 'total', 'status']);
    expect(completions(`query.select('|');`)).to.have.members(['customerId', 'orderId', 'total', 'status']);
  });

  it('An editor completes the names and values of the key of an index', () => {
    expect(completions(`users.by(User.|);`)).to.include('byPlan');
    expect(completions(`index({ | });`)).to.include.members(['on', 'unique', 'where', 'partition']);
    expect(completions(`users.by(User.byPlan, { | });`)).to.have.members(['tenant', 'plan', 'at']);
    expect(completions(`users.by(User.byPlan, { tenant: 't', plan: '|' });`)).to.have.members(['free', 'paid']);
  });
});
