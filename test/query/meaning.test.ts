import { expect } from 'chai';
import fc from 'fast-check';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { Condition } from '../../src/filter/condition.js';
import { filterOf } from '../../src/filter/filter.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { partitionQuery, tableQuery } from '../../src/query/query-factory.js';
import type { Query } from '../../src/query/query.js';
import { STORAGE_LIMITS } from '../../src/store/limits.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { conditions, fill, keysOf, means, Mixed, mixedRows, tests, type MixedRow } from './mixed-rows.js';

const RUNS = 100;
const FILTERS = 50;

async function storeOf(rows: readonly MixedRow[], comparisons: number): Promise<EntityMapper<Mixed>> {
  const store = memoryStore({ limits: { ...STORAGE_LIMITS, comparisons } });
  await fill(store, rows);
  return new EntityMapper(metadataOf(Mixed), store);
}

const keyOf = ({ partition, row }: Pick<Mixed, 'partition' | 'row'>): string => JSON.stringify([partition, row]);
const keysFrom = (results: readonly Pick<Mixed, 'partition' | 'row'>[]): readonly string[] => results.map(keyOf);

describe('Filters in the memory store', function () {
  this.timeout(120_000);

  it(`Filters mean what they mean in the service, in ${RUNS * FILTERS} random cases up to 4 levels deep over rows with every type, missing properties and other types`, async () => {
    let passed = 0;
    const filters = fc.array(conditions(tests(3), 4), { minLength: FILTERS, maxLength: FILTERS });
    await fc.assert(
      fc.asyncProperty(mixedRows, filters, async (rows, all) => {
        const mapper = await storeOf(rows, 10_000);
        for (const condition of all) {
          const found = await tableQuery(mapper).where(filterOf<Mixed>(condition)).select('partition', 'row').toArray();
          const expected = keysOf(rows.filter((row) => means(condition, row)));
          expect(keysFrom(found)).to.deep.equal(expected);
          passed += expected.length;
        }
      }),
      { seed: 42, numRuns: RUNS },
    );
    expect(passed).to.be.greaterThan(RUNS * FILTERS);
  });

  it(`Filters return the same rows whatever the plan, in ${RUNS * FILTERS} random cases with partitions, ranges, split requests, pages, continuations and takes`, async () => {
    let refused = 0;
    const example = fc.record({
      condition: fc.oneof(
        conditions(tests(20), 3),
        fc.array(tests(20), { minLength: 2, maxLength: 4 }).map((operands): Condition => ({ kind: 'and', operands })),
      ),
      partitions: fc.option(fc.subarray(['', 'a', 'b', "o'neill", '漢', '\u{1F600}', 'none'], { minLength: 1 })),
      pageSize: fc.integer({ min: 1, max: 5 }),
      take: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
      way: fc.constantFrom('all', 'pages', 'tokens' as const),
    });
    await fc.assert(
      fc.asyncProperty(mixedRows, fc.array(example, { minLength: FILTERS, maxLength: FILTERS }), async (rows, all) => {
        const mapper = await storeOf(rows, 12);
        for (const { condition, partitions, pageSize, take, way } of all) {
          const whole = partitions === null ? tableQuery(mapper) : partitionQuery(mapper, partitions);
          const filtered = whole.where(filterOf<Mixed>(condition)).select('partition', 'row').pageSize(pageSize);
          const query = take === undefined ? filtered : filtered.take(take);
          let found: readonly Pick<Mixed, 'partition' | 'row'>[];
          try {
            found = await read(query, way);
          } catch (error) {
            if (!EntitableError.is(error, 'query.too-many-comparisons')) throw error;
            refused++;
            continue;
          }
          const expected = rows.filter(
            (row) => (partitions === null || partitions.includes(row.partition)) && means(condition, row),
          );
          expect(keysFrom(found)).to.deep.equal(keysOf(expected).slice(0, take));
        }
      }),
      { seed: 43, numRuns: RUNS },
    );
    expect(refused).to.be.lessThan((RUNS * FILTERS) / 2);
  });
});

async function read<R>(query: Query<Mixed, R>, way: 'all' | 'pages' | 'tokens'): Promise<readonly R[]> {
  if (way === 'all') return query.toArray();
  const found: R[] = [];
  if (way === 'pages') {
    for await (const { items } of query.pages()) found.push(...items);
    return found;
  }
  let continuation: string | undefined;
  do {
    const page = await query.page({ continuation });
    found.push(...page.items);
    ({ continuation } = page);
  } while (continuation !== undefined);
  return found;
}
