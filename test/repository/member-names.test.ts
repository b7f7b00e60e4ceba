import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { EntityClass } from '../../src/metadata/key-types.js';
import { defineEntity } from '../../src/metadata/define-entity.js';
import { onEveryStore, type Opened } from '../support/every-store.js';

/** Defines a class with members named like inherited ones, stored under these names or others. */
function oddClass(names: readonly [string, string, string]): EntityClass {
  const properties = {
    pk: 'PartitionKey',
    rk: 'RowKey',
    constructor: { type: 'String', name: names[0] },
    toString: { type: 'String', name: names[1] },
    hasOwnProperty: { type: 'Int32', name: names[2] },
  };
  class Odd {}
  defineEntity(Odd, { table: 'Odds', properties });
  return Odd;
}

type Values = Readonly<Record<string, unknown>>;

/** A repository without the compiler's checks of names. */
interface LooseQuery {
  where(...condition: readonly unknown[]): LooseQuery;
  select(...names: readonly string[]): LooseQuery;
  orderBy(name: string, direction?: string): LooseQuery;
  toArray(): Promise<object[]>;
}

interface Loose {
  create(values: object): object;
  assign(entity: object, patch: object): object;
  get(key: object): Promise<object | undefined>;
  insert(entity: object): Promise<object>;
  save(entity: object): Promise<object>;
  upsert(entity: object, options?: object): Promise<object>;
  merge(key: object, patch: object): Promise<object>;
  query(partition: object): LooseQuery;
}

const FIRST = { pk: 'p', rk: '1' };
const GIVEN = { ...FIRST, constructor: 'made', toString: 'text', hasOwnProperty: 1 };
const BARE = { pk: 'p', rk: '2' };

/** Returns the own properties of an object. */
const ownOf = (object: object | undefined): Values | undefined =>
  object && Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** Returns the code of the error that a call throws, at once or later, and the property that it names. */
async function refusal(attempt: () => unknown): Promise<unknown> {
  try {
    await attempt();
    return 'no error';
  } catch (error) {
    if (!EntitableError.is(error)) throw error;
    return [error.code, (error.details as { readonly property?: string }).property];
  }
}

onEveryStore('Properties named like members that every object inherits', (open, store) => {
  // The emulator cannot store such names.
  const Odd = oddClass(store === 'azurite' ? ['maker', 'text', 'own'] : ['constructor', 'toString', 'hasOwnProperty']);
  const bare = (): object => Object.create(Odd.prototype as object) as object;
  const loose = ({ tables }: Opened): Loose => tables.repository(Odd) as Loose;

  it('Properties named like inherited members are stored, read, changed and removed as others are', async () => {
    const odds = loose(await open());
    const made = odds.create(GIVEN);
    expect([Object.getPrototypeOf(made) === Odd.prototype, ownOf(made)]).to.deep.equal([true, GIVEN]);
    await odds.insert(made);
    const found = (await odds.get(FIRST))!;
    expect([Object.getPrototypeOf(found) === Odd.prototype, ownOf(found)]).to.deep.equal([true, GIVEN]);

    await odds.save(odds.assign(found, { constructor: 'assigned', hasOwnProperty: null }));
    expect(ownOf(await odds.get(FIRST))).to.deep.equal({ ...FIRST, constructor: 'assigned', toString: 'text' });
    await odds.merge(FIRST, { constructor: null, toString: 'merged', hasOwnProperty: 2 });
    expect(ownOf(await odds.get(FIRST))).to.deep.equal({ ...FIRST, toString: 'merged', hasOwnProperty: 2 });
    await odds.upsert(Object.assign(bare(), FIRST, { toString: 'replaced' }), { mode: 'replace' });
    expect(ownOf(await odds.get(FIRST))).to.deep.equal({ ...FIRST, toString: 'replaced' });
  });

  it('Properties named like inherited members are absent unless they were set', async () => {
    const odds = loose(await open());
    await odds.insert(Object.assign(bare(), BARE));
    await odds.insert(odds.create({ ...BARE, rk: '3' }));
    const stored = await odds.query({ pk: 'p' }).toArray();
    expect(stored.map(ownOf)).to.deep.equal([BARE, { ...BARE, rk: '3' }]);
    const found = (await odds.get(BARE))!;
    await odds.save(found);
    expect(ownOf(await odds.get(BARE))).to.deep.equal(BARE);
    const selected = await odds.query({ pk: 'p' }).select('rk', 'constructor', 'toString').toArray();
    expect(selected.map(ownOf)).to.deep.equal([{ rk: '2' }, { rk: '3' }]);
  });

  it('Properties named like inherited members can be selected, filtered and ordered by', async () => {
    const odds = loose(await open());
    await odds.insert(odds.create(GIVEN));
    await odds.insert(odds.create({ ...BARE, constructor: 'a', hasOwnProperty: 2 }));
    const all = odds.query({ pk: 'p' });
    const keysOf = async (query: LooseQuery): Promise<unknown> =>
      (await query.toArray()).map((odd) => (odd as Values)['rk']);
    const selected = await all.select('constructor', 'toString', 'hasOwnProperty').toArray();
    expect(selected.map(ownOf)).to.deep.equal([
      { constructor: 'made', toString: 'text', hasOwnProperty: 1 },
      { constructor: 'a', hasOwnProperty: 2 },
    ]);
    expect(await keysOf(all.where('constructor', 'eq', 'made'))).to.deep.equal(['1']);
    expect(await keysOf(all.where({ constructor: 'a', hasOwnProperty: 2 }))).to.deep.equal(['2']);
    expect(await keysOf(all.where('toString', 'isMissing'))).to.deep.equal(['2']);
    const asked = (odd: Readonly<Record<string, { eq(value: unknown): unknown }>>): unknown =>
      odd['toString']!.eq('text');
    expect(await keysOf(all.where(asked))).to.deep.equal(['1']);
    expect(await keysOf(all.orderBy('constructor'))).to.deep.equal(['2', '1']);
    expect(await keysOf(all.orderBy('hasOwnProperty', 'desc'))).to.deep.equal(['2', '1']);
  });

  it('The name __proto__ is refused wherever a client may use it', async () => {
    const { tables, ...others } = await open();
    const odds = loose({ tables, ...others });
    await odds.insert(odds.create(GIVEN));
    const named = (values: object): object =>
      JSON.parse(`{"__proto__": {"isAdmin": true}, ${JSON.stringify(values).slice(1)}`) as object;
    const patch = named({ toString: 'x' });
    const unknown = ['validation.unknown-property', '__proto__'];
    expect(await refusal(() => odds.create(named(BARE)))).to.deep.equal(unknown);
    expect(await refusal(() => odds.merge(FIRST, patch))).to.deep.equal(unknown);
    expect(await refusal(async () => odds.assign((await odds.get(FIRST))!, patch))).to.deep.equal(unknown);
    expect(
      await refusal(() => tables.unitOfWork((unit) => (unit.repository(Odd) as unknown as Loose).merge(FIRST, patch))),
    ).to.deep.equal(unknown);
    expect(await refusal(() => odds.query({ pk: 'p' }).where(patch).toArray())).to.deep.equal([
      'query.unknown-property',
      '__proto__',
    ]);
    expect(await refusal(() => odds.query({ pk: 'p' }).where('__proto__', 'eq', 'x').toArray())).to.deep.equal([
      'query.unknown-property',
      '__proto__',
    ]);
    // A key may have further members, as an entity has; only its own key members count.
    expect(ownOf(await odds.get(named(FIRST)))).to.deep.equal(GIVEN);
    await odds.insert(named(BARE));
    expect(ownOf(await odds.get(BARE))).to.deep.equal(BARE);
    expect(({} as Values)['isAdmin']).to.equal(undefined);
  });
});
