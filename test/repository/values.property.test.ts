import { expect } from 'chai';
import fc from 'fast-check';
import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { json } from '../../src/metadata/converters/json.js';
import type { Defaulted } from '../../src/metadata/create-types.js';
import type { PatchOf } from '../../src/metadata/key-types.js';
import type { Repository } from '../../src/repository/repository.js';

type Address = { readonly street: string };

/** A class with a property that has a default, one that is converted, and one stored under another name. */
@Entity({ table: 'Rows' })
class Row {
  @PartitionKey() p!: PartitionKey;
  @RowKey() r!: RowKey;
  @Property({ type: 'String', name: 'other_name' }) text?: string | null | undefined;
  @Property({ type: 'Double' }) count?: number | null | undefined;
  @Property({ converter: json<Address>() }) address?: Address | null | undefined;
  @Property({ type: 'String', default: 'fallback' }) level?: Defaulted<string> | null | undefined;
  @ETag() etag?: string | undefined;
}

/** A class for the same rows as they are stored, without the default. */
@Entity({ table: 'Rows' })
class Stored {
  @PartitionKey() p!: PartitionKey;
  @RowKey() r!: RowKey;
  @Property({ type: 'String', name: 'other_name' }) text?: string | undefined;
  @Property({ type: 'Double' }) count?: number | undefined;
  @Property({ converter: json<Address>() }) address?: Address | undefined;
  @Property({ type: 'String' }) level?: string | undefined;
}

const KEY = { p: 'p', r: 'r' } as const;
const NAMES = ['text', 'count', 'address', 'level'] as const;
type Name = (typeof NAMES)[number];
type Content = Partial<Record<Name, unknown>>;

/** The state of a member: a value, `null`, an own `undefined`, or missing. */
type Said = { readonly value: unknown } | 'null' | 'undefined' | 'missing';
type Saying = Readonly<Record<Name, Said>>;

const VALUES: Readonly<Record<Name, readonly unknown[]>> = {
  text: ['', 'a', 'b'],
  count: [0, -0, 1, Number.NaN],
  address: [{ street: 's' }, { street: 't' }],
  level: ['fallback', 'high'],
};
const each = <V>(of: (name: Name) => fc.Arbitrary<V>): fc.Arbitrary<Readonly<Record<Name, V>>> =>
  fc.record({ text: of('text'), count: of('count'), address: of('address'), level: of('level') });
const value = (name: Name): fc.Arbitrary<Said> =>
  fc.constantFrom(...VALUES[name].map((one) => ({ value: structuredClone(one) })));
const anyContent: fc.Arbitrary<Content> = each((name) =>
  fc.option(fc.constantFrom(...VALUES[name]), { nil: undefined }),
);
const anySaying: fc.Arbitrary<Saying> = each((name) =>
  fc.oneof(value(name), fc.constantFrom<Said[]>('null', 'undefined', 'missing')),
);

/** Makes an object with these members. */
function objectOf(saying: Saying): PatchOf<Row> {
  const object: Content = {};
  for (const name of NAMES) {
    const said = saying[name];
    if (said === 'missing') continue;
    object[name] = said === 'null' ? null : said === 'undefined' ? undefined : structuredClone(said.value);
  }
  return object as PatchOf<Row>;
}

/** The model of patches, and of objects that were never loaded. */
function patched(content: Content, saying: Saying): Content {
  const after = { ...content };
  for (const name of NAMES) {
    const said = saying[name];
    if (said === 'null') delete after[name];
    else if (typeof said === 'object') after[name] = said.value;
  }
  return after;
}

/** The model of loaded entities: a property without a value is removed if the entity had one. */
function asState(content: Content, saying: Saying, had: (name: Name) => boolean): Content {
  const after = patched(content, saying);
  for (const name of NAMES) {
    if ((saying[name] === 'undefined' || saying[name] === 'missing') && had(name)) delete after[name];
  }
  return after;
}

/** Gives an entity exactly these members. */
function become(entity: Row, saying: Saying): void {
  for (const name of NAMES) delete entity[name];
  Object.assign(entity, objectOf(saying));
}

interface Case {
  readonly tables: DataSource;
  readonly rows: Repository<Row>;
  readonly content: Content;
  readonly first: Saying;
  readonly second: Saying;
  readonly inUnit: boolean;
  /** Runs a change at once, or in a unit of work that is committed. */
  readonly change: (work: (rows: Repository<Row>) => Promise<unknown>) => Promise<unknown>;
}

/** The ways to write, each with the row that the model predicts. */
const WAYS: Readonly<Record<string, (given: Case) => Promise<Content>>> = {
  async merge({ change, content, first, second }) {
    await change((rows) => rows.merge(KEY, objectOf(first)));
    await change((rows) => rows.merge(KEY, objectOf(second)));
    return patched(patched(content, first), second);
  },
  async 'two merges, the row read between them'({ change, inUnit, content, first, second }) {
    await change(async (rows) => {
      await rows.merge(KEY, objectOf(first));
      await rows.getOrThrow(KEY);
      await rows.merge(KEY, objectOf(second));
    });
    const after = patched(patched(content, first), second);
    // A unit of work stores an entity that it has read with its default.
    const isSaid =
      'level' in content || [first, second].some(({ level }) => level !== 'undefined' && level !== 'missing');
    return inUnit && !isSaid ? { ...after, level: 'fallback' } : after;
  },
  async mergeMany({ rows, content, first }) {
    await rows.mergeMany([{ key: KEY, patch: objectOf(first) }]);
    return patched(content, first);
  },
  async 'query.merge'({ rows, content, first }) {
    await rows.query({ p: 'p' }).merge(objectOf(first));
    return patched(content, first);
  },
  async 'save of an object that was never loaded, twice'({ change, rows, content, first, second }) {
    const { etag } = await rows.getOrThrow(KEY);
    const object = Object.assign(new Row(), KEY, { etag }, objectOf(first));
    await change((repository) => repository.save(object));
    const between = patched(content, first);
    become(object, second);
    await change((repository) => repository.save(object));
    // the object is the whole row, including the properties it did not have
    return asState(between, second, () => true);
  },
  async 'save of a plain object that was never loaded'({ change, rows, content, first }) {
    const { etag } = await rows.getOrThrow(KEY);
    await change((repository) => repository.save({ ...KEY, etag, ...objectOf(first) } as Row));
    return patched(content, first);
  },
  async 'save of a loaded entity, twice'({ change, rows, content, first, second }) {
    const entity = await rows.getOrThrow(KEY);
    become(entity, first);
    await change((repository) => repository.save(entity));
    become(entity, second);
    await change((repository) => repository.save(entity));
    return asState(
      asState(content, first, () => true),
      second,
      () => true,
    );
  },
  async 'assign to a loaded entity, and save'({ change, content, first }) {
    await change(async (rows) => rows.save(rows.assign(await rows.getOrThrow(KEY), { ...KEY, ...objectOf(first) })));
    // The default that reading filled in is stored, unless the patch removes it.
    return patched({ level: 'fallback', ...content }, first);
  },
  async 'assign to an object that was never loaded, and save'({ change, rows, content, first, second }) {
    const { etag } = await rows.getOrThrow(KEY);
    const object = Object.assign(new Row(), KEY, { etag }, objectOf(first));
    await change((repository) => repository.save(repository.assign(object, objectOf(second))));
    return patched(patched(content, first), second);
  },
  async 'assign to an object that was saved before, and save'({ change, rows, content, first, second }) {
    const { etag } = await rows.getOrThrow(KEY);
    const object = Object.assign(new Row(), KEY, { etag }, objectOf(first));
    await change((repository) => repository.save(object));
    await change((repository) => repository.save(repository.assign(object, objectOf(second))));
    return patched(patched(content, first), second);
  },
};

const defined = (content: object): object =>
  Object.fromEntries(Object.entries(content).filter(([, one]) => one !== undefined));

describe('Undefined, null and missing members of an object', () => {
  for (const [way, write] of Object.entries(WAYS)) {
    for (const inUnit of [false, true]) {
      if (inUnit && /Many|query/.test(way)) continue; // these operations write at once
      it(`Undefined, null and missing members change any row as the model predicts: ${way}${inUnit ? ', in a unit of work' : ''}`, async () => {
        await fc.assert(
          fc.asyncProperty(anyContent, anySaying, anySaying, async (content, first, second) => {
            await using tables = await DataSource.open('memory:');
            await tables
              .repository(Stored)
              .insert({ ...KEY, ...(defined(structuredClone(content)) as Content) } as Stored);
            const rows = tables.repository(Row);
            const change: Case['change'] = (work) =>
              inUnit ? tables.unitOfWork((unit) => work(unit.repository(Row))) : work(rows);
            const expected = await write({ tables, rows, content: defined(content), first, second, inUnit, change });
            const { p: _p, r: _r, ...found } = await tables.repository(Stored).getOrThrow(KEY);
            expect(defined(found)).to.deep.equal(defined(expected));
          }),
          { numRuns: 150 },
        );
      });
    }
  }
});
