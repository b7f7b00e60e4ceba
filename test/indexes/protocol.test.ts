import { expect } from 'chai';
import { Entity, index, PartitionKey, Property, RowKey } from '../../src/index.js';
import { explore, type Explored, type Row, type Scenario, type Writer } from './interleavings.js';

/** The most states of the larger sets of writers. `npm run test:faults` explores all. */
const MOST = Number(process.env['PROTOCOL_STATES'] ?? 250);

@Entity({ table: 'Things', rowKey: 'thing|{id}' })
class Thing {
  static readonly byValue = index({ partition: ['value'], project: ['name'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) value?: string | undefined;
  @Property({ type: 'String' }) name?: string | undefined;
}

@Entity({ table: 'Accounts', rowKey: 'account|{id}' })
class Account {
  static readonly byValue = index({ partition: ['value'], unique: true });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) value?: string | undefined;
}

type Things = Parameters<Writer<Thing>['run']>[0];
type Accounts = Parameters<Writer<Account>['run']>[0];

const KEY = { tenant: 't', id: '1' };

function thing(value: string): Thing {
  return Object.assign(new Thing(), KEY, { value });
}

function account(id: string, value: string): Account {
  return Object.assign(new Account(), { tenant: 't', id, value });
}

async function changeThing(things: Things, values: Partial<Thing>): Promise<unknown> {
  const found = await things.get(KEY);
  return found && things.save(Object.assign(found, values));
}

async function changeAccount(accounts: Accounts, id: string, value: string): Promise<unknown> {
  const found = await accounts.get({ tenant: 't', id });
  return found && accounts.save(Object.assign(found, { value }));
}

/** Writers of one thing, which has the value `x` at first. */
const OF_THING: Readonly<Record<string, (things: Things) => Promise<unknown>>> = {
  insert: (things) => things.insert(thing('x')),
  upsert: (things) => things.upsert(thing('y'), { mode: 'replace' }),
  delete: async (things) => {
    const found = await things.get(KEY);
    return found && things.delete(found);
  },
  'delete by key': (things) => things.delete(KEY, { missing: 'ignore' }),
  touch: (things) => changeThing(things, { name: 'other' }),
  'to x': (things) => changeThing(things, { value: 'x' }),
  'to y': (things) => changeThing(things, { value: 'y' }),
  'to z': (things) => changeThing(things, { value: 'z' }),
};

/** Writers of accounts that want the value `v`. The account A has it at first, or nobody. */
const OF_ACCOUNTS: Readonly<Record<string, (accounts: Accounts) => Promise<unknown>>> = {
  'A to w': (accounts) => changeAccount(accounts, 'A', 'w'),
  'A to v': (accounts) => changeAccount(accounts, 'A', 'v'),
  'B to v': (accounts) => changeAccount(accounts, 'B', 'v'),
  'insert A': (accounts) => accounts.insert(account('A', 'v')),
  'insert C': (accounts) => accounts.insert(account('C', 'v')),
  'insert D': (accounts) => accounts.insert(account('D', 'v')),
  'delete A': async (accounts) => {
    const found = await accounts.get({ tenant: 't', id: 'A' });
    return found && accounts.delete(found);
  },
};

function rowWithoutEntry(rows: readonly Row[], entries: readonly Row[]): string | undefined {
  const [row] = rows;
  const isThere = row === undefined || entries.some(({ partitionKey }) => partitionKey === row.values[0]);
  return isThere ? undefined : 'the row is without its entry';
}

function notUnique(rows: readonly Row[], entries: readonly Row[]): string | undefined {
  const values = rows.map((row) => row.values[0]);
  if (new Set(values).size < values.length) return 'two rows have one value';
  const isOwn = ({ rowKey, values: [value] }: Row): boolean =>
    entries.some((entry) => entry.partitionKey === value && entry.values[2] === rowKey);
  return rows.every(isOwn) ? undefined : 'a row is without its entry';
}

function ofThing(names: readonly string[], more: Partial<Scenario<Thing>> = {}): Scenario<Thing> {
  return {
    entityClass: Thing,
    tables: ['Things', 'ThingsByValue'],
    prepare: (repository) => repository.insert(thing('x')),
    writers: names.map((name) => ({ name, run: OF_THING[name]! })),
    problem: rowWithoutEntry,
    ...more,
  };
}

function ofAccounts(names: readonly string[], more: Partial<Scenario<Account>> = {}): Scenario<Account> {
  return {
    entityClass: Account,
    tables: ['Accounts', 'AccountsByValue'],
    prepare: async (repository) => {
      if (names.some((name) => name.includes(' A') || name.includes('A '))) await repository.insert(account('A', 'v'));
      await repository.insert(account('B', 'u'));
    },
    writers: names.map((name) => ({ name, run: OF_ACCOUNTS[name]! })),
    problem: notUnique,
    passes: 1,
    pauses: true,
    ...more,
  };
}

let states = 0;

function expectNoProblem({ states: found, problem }: Explored): void {
  states += found;
  expect(problem).to.equal(undefined);
}

const PAIRS_OF_THING = [
  ['to y', 'to x'],
  ['to y', 'to z'],
  ['to y', 'touch'],
  ['delete', 'insert'],
  ['delete', 'to y'],
  ['delete by key', 'upsert'],
  ['upsert', 'insert'],
];
const TRIPLES_OF_THING = [
  ['delete', 'insert', 'touch'],
  ['to y', 'to x', 'touch'],
  ['to y', 'to x', 'delete'],
  ['to y', 'delete', 'insert'],
  ['to y', 'to x', 'to y'],
  ['upsert', 'delete by key', 'insert'],
];
const PAIRS_OF_ACCOUNTS = [
  ['insert C', 'insert D'],
  ['A to w', 'B to v'],
  ['B to v', 'insert C'],
  ['delete A', 'insert C'],
  ['insert C', 'insert C'],
];
const TRIPLES_OF_ACCOUNTS = [
  ['insert C', 'insert D', 'B to v'],
  ['insert C', 'insert C', 'insert D'],
  ['A to w', 'insert C', 'insert D'],
  ['A to w', 'A to v', 'B to v'],
  ['delete A', 'insert A', 'insert C'],
];

describe('The protocol of indexes with partitions of their own', function () {
  this.timeout(MOST === Infinity ? 3_600_000 : 120_000);

  after(() => process.stdout.write(`    ${states} states were explored\n`));

  for (const names of PAIRS_OF_THING) {
    it(`leaves no row without its entry: ${names.join(', ')}`, async () => {
      expectNoProblem(await explore(ofThing(names)));
    });
  }

  for (const names of PAIRS_OF_THING.slice(0, 4)) {
    it(`leaves no row without its entry when an answer is lost or a request fails: ${names.join(', ')}`, async () => {
      expectNoProblem(await explore(ofThing(names, { faults: 1 }), MOST));
    });
  }

  for (const names of TRIPLES_OF_THING) {
    it(`leaves no row without its entry: ${names.join(', ')}`, async () => {
      expectNoProblem(await explore(ofThing(names), MOST));
    });
  }

  for (const names of PAIRS_OF_ACCOUNTS) {
    it(`never lets two rows have one unique value: ${names.join(', ')}`, async () => {
      expectNoProblem(await explore(ofAccounts(names), MOST));
    });
  }

  for (const names of TRIPLES_OF_ACCOUNTS) {
    it(`never lets two rows have one unique value: ${names.join(', ')}`, async () => {
      expectNoProblem(await explore(ofAccounts(names), MOST));
    });
  }
});
