import { expect } from 'chai';
import { EntitableError, metadataOf, type DataSource, type Repository } from '../../src/index.js';
import { indexesOf } from '../../src/indexes/index-rows.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import { PARTITION_KEY, ROW_KEY } from '../../src/store/row.js';
import { onEveryStore } from '../support/every-store.js';
import { below, seeded, type Random } from '../support/seeded.js';
import { Member, member } from './members.js';

/** Random verbs on a few members, by every path that writes. Values collide often. */
class Rival {
  readonly #db: DataSource;
  readonly #members: Repository<Member>;
  readonly #random: Random;

  constructor(db: DataSource, random: Random) {
    this.#db = db;
    this.#members = db.repository(Member);
    this.#random = random;
  }

  async act(): Promise<void> {
    try {
      await this.#verb();
    } catch (error) {
      if (!EntitableError.is(error) || !EXPECTED.has(error.code)) throw error;
    }
  }

  #below(count: number): number {
    return below(this.#random, count);
  }

  #maybe<V>(value: V): V | undefined {
    return this.#below(4) === 0 ? undefined : value;
  }

  #values(): Partial<Member> {
    return {
      email: this.#maybe(`e${this.#below(6)} !~|@x`),
      country: this.#maybe(`c${this.#below(2)}`),
      city: this.#maybe(`city ${this.#below(2)}`),
      name: this.#maybe(`n${this.#below(3)}`),
    };
  }

  #key() {
    return { tenant: `t${this.#below(2)}`, id: String(this.#below(5)) };
  }

  #make(): Member {
    const { tenant, id } = this.#key();
    return member(id, { tenant, ...this.#values() });
  }

  #patch() {
    const some = Object.entries(this.#values()).filter(() => this.#below(2) === 0);
    return Object.fromEntries(some.map(([name, value]) => [name, value ?? null]));
  }

  #list<V>(make: () => V): V[] {
    return Array.from({ length: 1 + this.#below(4) }, make);
  }

  async #verb(): Promise<unknown> {
    const members = this.#members;
    const collect = { onError: 'collect' } as const;
    const mode = { mode: this.#below(2) === 0 ? 'merge' : 'replace' } as const;
    switch (this.#below(12)) {
      case 0:
        return members.insert(this.#make());
      case 1:
        return members.upsert(this.#make(), mode);
      case 2:
        return members.merge(this.#key(), this.#patch());
      case 3:
        return members.delete(this.#key(), { missing: 'ignore' });
      case 4:
      case 5: {
        const found = await members.get(this.#key());
        if (found === undefined) return undefined;
        Object.assign(found, this.#values());
        return this.#below(3) === 0 ? members.replace(found, { etag: '*' }) : members.save(found);
      }
      case 6:
        return members.query({ tenant: `t${this.#below(2)}` }).merge(this.#patch());
      case 7:
        return members.query({ tenant: 't0' }).where('name', 'eq', 'n1').delete();
      case 8:
        return members.insertMany(
          this.#list(() => this.#make()),
          collect,
        );
      case 9:
        return this.#db.upsertMany(
          this.#list(() => this.#make()),
          { ...mode, ...collect },
        );
      case 10:
        return members.mergeMany(
          this.#list(() => ({ key: this.#key(), patch: this.#patch() })),
          collect,
        );
      default:
        return this.#unit();
    }
  }

  #unit(): Promise<unknown> {
    return this.#db.unitOfWork(async (unit) => {
      const members = unit.repository(Member);
      for (let step = 0; step < 3; step++) {
        const key = this.#key();
        const found = this.#below(2) === 0 ? await members.get(key) : undefined;
        if (found !== undefined) Object.assign(found, this.#values());
        else if (this.#below(2) === 0) await members.upsert(this.#make());
        else await members.delete(key, { missing: 'ignore' });
      }
    });
  }
}

const EXPECTED: ReadonlySet<string> = new Set([
  'store.already-exists',
  'store.not-found',
  'store.precondition-failed',
  'entity.not-unique',
  'commit.partial',
  'commit.row-tracked',
  'commit.not-in-unit',
]);

/** Returns the entries that entities should have and have not, and the values that two entities share. */
async function problemsOf(db: DataSource, tableName: (name: string) => string): Promise<readonly string[]> {
  const mapper = new EntityMapper(metadataOf(Member), db.store, tableName);
  const indexes = indexesOf(mapper)!;
  const stored = new Set<string>();
  for (const { index, mapper: entries } of indexes.makers) {
    const decode = entries.project([...entries.metadata.members.keys()]).decode;
    const pages = entries.rows.scan({}, (row) => {
      const owner = (decode(row) as { readonly '#row': string })['#row'];
      stored.add([index.name, row.string(PARTITION_KEY), row.string(ROW_KEY), owner].join(' | '));
    });
    for await (const page of pages) void page;
  }
  const expected: string[] = [];
  const pages = mapper.rows.scan({}, (row) => {
    const address = { partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY) };
    for (const maker of indexes.makers) {
      const entry = maker.entryOf(address, indexes.values(row));
      if (entry === undefined) continue;
      expected.push([maker.index.name, entry.partitionKey, entry.rowKey, address.rowKey].join(' | '));
    }
  });
  for await (const page of pages) void page;
  return expected.filter((entry, at) => !stored.has(entry) || expected.indexOf(entry) !== at);
}

const ROUNDS: Readonly<Record<string, number>> = { memory: 250, sqlite: 40, lmdb: 40, azurite: 8 };
const SEEDS = process.env['SEED'] === undefined ? [1, 2, 3] : [Number(process.env['SEED'])];

onEveryStore('Every verb with rivals, for indexes with partitions of their own', (open, store) => {
  it('leaves no entity without its entries, and no unique value to two entities', async function () {
    this.timeout(240_000);
    for (const seed of SEEDS) {
      const { tables: db, tableName } = await open();
      const random = seeded(seed);
      const rivals = Array.from({ length: 3 }, () => new Rival(db, random));
      for (let round = 0; round < ROUNDS[store]!; round++) {
        await Promise.all(rivals.slice(0, 1 + below(random, 3)).map((rival) => rival.act()));
        expect(await problemsOf(db, tableName), `seed ${seed}, round ${round}`).to.deep.equal([]);
      }
    }
  });
});
