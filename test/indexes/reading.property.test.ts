import { expect } from 'chai';
import fc from 'fast-check';
import { filter } from '../../src/filter/make-filter.js';
import type { Filter } from '../../src/filter/filter.js';
import { and } from '../../src/filter/filter.js';
import type { Query } from '../../src/query/query.js';
import type { Repository } from '../../src/repository/repository.js';
import { onEveryStore, type Open } from '../support/every-store.js';
import { indexedRows } from './indexed-rows.js';
import { month, user, User } from './user.js';

/** Texts around the characters that the keys of entries escape, which sort as they do without escapes. */
const PLANS = ['', ' ', '!', 'a', 'a b', 'a!', 'a"', 'ab', 'b', 'é'];
const NAMES = ['x', 'x/y', '~'];

const anyUser = fc.record({
  plan: fc.option(fc.constantFrom(...PLANS), { nil: undefined }),
  joinedAt: fc.option(fc.integer({ min: 1, max: 4 }).map(month), { nil: undefined }),
  name: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
  score: fc.option(fc.integer({ min: -2, max: 2 }), { nil: undefined }),
});

type Holds = (one: User) => boolean;
interface Condition {
  readonly filter: Filter<User>;
  readonly holds: Holds;
}

type Order = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
const ORDERS: readonly Order[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

function compares(left: number | string | Date | undefined, order: Order, right: number | string | Date): boolean {
  if (left === undefined) return false;
  const [a, b] = [left.valueOf(), right.valueOf()];
  const results = { eq: a === b, ne: a !== b, gt: a > b, ge: a >= b, lt: a < b, le: a <= b };
  return results[order];
}

const anyOrder = fc.constantFrom(...ORDERS);
const onScore = fc.tuple(anyOrder, fc.integer({ min: -2, max: 2 })).map(([order, value]): Condition => ({
  filter: filter(User, (u) => u.score[order](value)),
  holds: ({ score }) => compares(score, order, value),
}));
const onName = fc.constantFrom(...NAMES).map((value): Condition => ({
  filter: filter(User, (u) => u.name.in([value, 'none'])),
  holds: ({ name }) => name === value,
}));
const onPlan = fc.tuple(anyOrder, fc.constantFrom(...PLANS)).map(([order, value]): Condition => ({
  filter: filter(User, (u) => u.plan[order](value)),
  holds: ({ plan }) => compares(plan, order, value),
}));
const onPlans = fc.subarray(PLANS, { minLength: 1 }).map((values): Condition => ({
  filter: filter(User, (u) => u.plan.in(values)),
  holds: ({ plan }) => values.includes(plan!),
}));
const onJoined = fc
  .tuple(fc.constantFrom<Order[]>('gt', 'ge', 'lt', 'le'), fc.integer({ min: 1, max: 4 }))
  .map(([order, value]): Condition => ({
    filter: filter(User, (u) => u.joinedAt[order](month(value))),
    holds: ({ joinedAt }) => compares(joinedAt, order, month(value)),
  }));
const none: fc.Arbitrary<readonly Condition[]> = fc.constant([]);
const oneOf = (...conditions: readonly fc.Arbitrary<Condition>[]): fc.Arbitrary<readonly Condition[]> =>
  fc.array(fc.oneof(...conditions), { maxLength: 2 });

/** A key of the index with conditions that its entries can be tested by. */
const asked = fc.oneof(
  fc.record({ given: fc.constant({}), conditions: oneOf(onScore, onName, onPlan, onPlans) }),
  fc.record({
    given: fc.constantFrom(...PLANS).map((plan) => ({ plan })),
    conditions: oneOf(onScore, onName, onPlans, onJoined),
  }),
  fc.record({
    given: fc
      .tuple(fc.constantFrom(...PLANS), fc.integer({ min: 1, max: 4 }))
      .map(([plan, number]) => ({ plan, joinedAt: month(number) })),
    conditions: fc.oneof(none, oneOf(onScore)),
  }),
);

const anyQuery = fc.record({
  asked,
  pageSize: fc.integer({ min: 1, max: 7 }),
  take: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
  sorted: fc.constantFrom('by default', 'index', 'email'),
});

/** Returns entities in the order of the index: by plan, then by the newest, then by their row keys. */
function inIndexOrder(left: User, right: User): number {
  if (left.plan !== right.plan) return left.plan! < right.plan! ? -1 : 1;
  if (left.joinedAt!.getTime() !== right.joinedAt!.getTime()) return left.joinedAt! > right.joinedAt! ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}

async function pagesOf(query: Query<User>, pageSize: number): Promise<string[]> {
  const found: string[] = [];
  let continuation: string | undefined;
  do {
    const page = await query.page({ pageSize, continuation });
    expect(page.items.length).to.be.at.most(pageSize);
    found.push(...page.items.map(({ id }) => id));
    ({ continuation } = page);
  } while (continuation !== undefined);
  return found;
}

onEveryStore('a query by an index', (open, store) => {
  it('returns what the same query of the entities in memory would, in the order of the index', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyUser, { maxLength: 40 }),
        fc.array(anyQuery, { minLength: 4 }),
        async (all, queries) => {
          const { users, stored } = await staged(open, all);
          for (const { asked: wanted, take, pageSize, sorted } of queries) {
            const { given, conditions } = wanted;
            const expected = stored
              .filter(({ plan, joinedAt }) => plan !== undefined && joinedAt !== undefined)
              .filter((one) =>
                Object.entries(given).every(([name, value]) => compares(one[name as 'plan'], 'eq', value as string)),
              )
              .filter((one) => conditions.every(({ holds }) => holds(one)))
              .toSorted(inIndexOrder);
            if (sorted === 'email') expected.sort((left, right) => (left.email! < right.email! ? 1 : -1));
            const ids = expected.map(({ id }) => id).slice(0, take);
            let query = users.by(User.byPlan, { tenant: 't', ...(given as { plan: string }) });
            const [first, ...others] = conditions.map((condition) => condition.filter);
            if (first !== undefined) query = query.where(others.length === 0 ? first : and(first, others[0]!));
            if (take !== undefined) query = query.take(take);
            if (sorted === 'email') query = query.orderBy('email', 'desc');
            if (sorted === 'index') query = query.orderBy('plan').orderBy('joinedAt', 'desc');
            expect((await query.toArray()).map(({ id }) => id)).to.deep.equal(ids);
            expect((await query.pageSize(pageSize).select('id', 'email').toArray()).map(({ id }) => id)).to.deep.equal(
              ids,
            );
            const covered = query.select('id', 'name');
            if (take === undefined) {
              const found = (await covered.toArray()).map(({ id }) => id);
              expect(found.filter((id) => id !== 'gone')).to.deep.equal(ids); // read from the entries alone
            }
            if (sorted !== 'email') expect(await pagesOf(query, pageSize)).to.deep.equal(ids);
          }
        },
      ),
      { numRuns: store === 'memory' ? 60 : store === 'azurite' ? 2 : 10 },
    );
  });
});

async function staged(
  open: Open,
  all: readonly Partial<User>[],
): Promise<{ readonly users: Repository<User>; readonly stored: readonly User[] }> {
  const opened = await open();
  const stored = all.map((values, n) => user(`u${n}`, { ...values, email: `${(n * 7) % 41}@x.org`.padStart(9, '0') }));
  const { deleteAlone, insert } = await indexedRows(User, opened);
  await insert(...stored);
  const gone = user('gone', { plan: 'a', joinedAt: month(2), email: 'gone@x.org' });
  await insert(gone);
  await deleteAlone(gone);
  return { users: opened.tables.repository(User), stored };
}
