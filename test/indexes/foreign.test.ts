import { expect } from 'chai';
import { ENTRY_HEAD } from '../../src/metadata/indexes/index-metadata.js';
import { PARTITION_KEY, ROW_KEY } from '../../src/store/row.js';
import { onEveryStore, rejection, type Opened } from '../support/every-store.js';
import { below, seeded, type Random } from '../support/seeded.js';
import { RawRows } from './raw-rows.js';
import { Rival } from './rival.js';
import { findings, User } from './users.js';

const ROUNDS: Readonly<Record<string, number>> = { memory: 200, sqlite: 25, lmdb: 25, azurite: 5 };
const SEEDS = process.env['SEED'] === undefined ? [1, 2] : [Number(process.env['SEED'])];
const TENANTS = ['t0', 't1'];
const IDS = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5'];
const UNIQUE = '~iuser|~byEmail ';
/** A key that no value has. */
const FORGED = `${UNIQUE}~zz`;
const KEYS = TENANTS.flatMap((tenant) => IDS.map((id) => ({ tenant, id })));

/** Another program that writes to the table of the users and knows nothing of their indexes. */
class ForeignProgram {
  readonly #rows: RawRows;
  readonly #opened: Opened;
  readonly #random: Random;
  /** The keys of the unique entries that were seen at some time. */
  readonly #seen: (readonly [string, string])[] = [];

  constructor(opened: Opened, random: Random) {
    this.#rows = new RawRows(opened, 'Users');
    this.#opened = opened;
    this.#random = random;
  }

  /** Deletes, replaces or makes any row. */
  async actAtWill(): Promise<void> {
    const entry = await this.#stored(true);
    const row = await this.#stored(false);
    const value = this.#one(['e1/~!|@x', 'e2/~!|@x', '', 'x'.repeat(700), 5, true]);
    switch (this.#below(6)) {
      case 0:
        return entry && this.#rows.delete(...entry);
      case 1:
        return (
          entry && this.#rows.put(...entry, this.#one([{}, { _row: 5 }, { _row: 'user|none' }, { _row: 'user|u1' }]))
        );
      case 2:
        return row && this.#rows.delete(...row);
      case 3:
        return row && this.#rows.merge(...row, { [this.#one(['email', 'plan', 'score', 'joined', 'active'])]: value });
      case 4:
        return this.#rows.put(this.#one(TENANTS), `user|${this.#one(IDS)}`, { email: value, score: 1 });
      default:
        return this.#rows.put(this.#one(TENANTS), this.#one([FORGED, '~iuser|~byScore', '~i']), {
          _row: value,
        });
    }
  }

  /** Deletes entities, adds properties, and adds entries of values that no entity has. */
  async actWithCare(): Promise<void> {
    const row = await this.#stored(false);
    switch (this.#below(3)) {
      case 0:
        return row && this.#rows.delete(...row);
      case 1:
        return row && this.#rows.merge(...row, { other: 'value' });
      default: {
        const entry = await this.#stored(true);
        if (entry?.[1].startsWith(UNIQUE) === true) this.#seen.push(entry);
        if (this.#seen.length === 0) return undefined;
        const [tenant, rowKey] = this.#one(this.#seen);
        if (await this.#has(tenant, rowKey)) return undefined;
        return this.#rows.put(tenant, rowKey, { _row: `user|${this.#one(IDS)}` });
      }
    }
  }

  /** Deletes the rows with forged keys. */
  async cleanUp(): Promise<void> {
    for (const [partitionKey, rowKey] of await this.#all()) {
      if (rowKey === FORGED) await this.#rows.delete(partitionKey, rowKey);
    }
  }

  /** Returns the keys of a random entry, or of a random entity. */
  async #stored(isEntry: boolean): Promise<readonly [string, string] | undefined> {
    const found = (await this.#all()).filter(([, rowKey]) => rowKey.startsWith(ENTRY_HEAD) === isEntry);
    return found.length === 0 ? undefined : this.#one(found);
  }

  async #has(partitionKey: string, rowKey: string): Promise<boolean> {
    return (await this.#all()).some(([partition, row]) => partition === partitionKey && row === rowKey);
  }

  async #all(): Promise<readonly (readonly [string, string])[]> {
    const { store, tableName } = this.#opened;
    const rows = store.rows(tableName('Users'), { properties: [] });
    const found: (readonly [string, string])[] = [];
    for await (const page of rows.scan({}, (row) => [row.string(PARTITION_KEY), row.string(ROW_KEY)] as const)) {
      found.push(...page.rows);
    }
    return found;
  }

  #below(count: number): number {
    return below(this.#random, count);
  }

  #one<V>(values: readonly V[]): V {
    return values[this.#below(values.length)]!;
  }
}

onEveryStore('Verbs among foreign programs', (open, store) => {
  it('fail with clear errors only, and never for ever', async function () {
    this.timeout(120_000);
    for (const seed of SEEDS) {
      const opened = await open();
      const { tables: db, tableName } = opened;
      await db.tables.ensure([User]);
      const random = seeded(seed);
      const rival = new Rival(db, random, ['entity.type-mismatch', 'key.too-long']);
      const foreign = new ForeignProgram(opened, random);
      for (let round = 0; round < ROUNDS[store]!; round++) {
        await foreign.actAtWill();
        await rival.act();
      }
      const users = db.repository(User);
      for (const key of KEYS) {
        const made = Object.assign(new User(), key, { score: 1, name: 'n1', plan: 'p', active: true });
        await users.upsert(made, { mode: 'replace' });
        await users.merge(key, { score: 2 });
        await users.delete(key);
      }
      for (const [at, key] of KEYS.entries()) {
        await users.insert(Object.assign(new User(), key, { email: `e${at % IDS.length}/~!|@x`, score: 1 }));
      }
      await foreign.cleanUp();
      expect((await findings(db, User, tableName)).missing, `seed ${seed}`).to.deep.equal([]);
    }
  });

  it('change other properties of an entity whose value no key can hold, and refuse another such value', async () => {
    const opened = await open();
    const { tables: db, tableName } = opened;
    await db.tables.ensure([User]);
    await new RawRows(opened, 'Users').put('t0', 'user|u0', { email: 'x'.repeat(700), score: 1 });
    const users = db.repository(User);
    const key = { tenant: 't0', id: 'u0' };
    const user = (await users.get(key))!;
    await users.save(Object.assign(user, { score: 2 }));
    await users.merge(key, { score: 3 });
    await users.upsert(Object.assign(new User(), { ...user, score: 4 }), { mode: 'replace' });
    await users.query({ tenant: 't0' }).merge({ score: 5 });
    const error = await rejection(users.merge(key, { email: 'y'.repeat(700) }));
    expect(error).to.include({ code: 'key.too-long' });
    expect(await users.by(User.byScore, { tenant: 't0', score: 5 }).count()).to.equal(1);
    await users.merge(key, { email: 'a@x' });
    expect(await findings(db, User, tableName)).to.deep.equal({ missing: [], surplus: [] });
  });

  it('refuse to bring an entity into an index whose key cannot hold its value', async () => {
    const { tables: db, tableName } = await open();
    const users = db.repository(User);
    const user = Object.assign(new User(), { tenant: 't0', id: 'u0', plan: 'x'.repeat(700), joined: new Date(0) });
    await users.insert(user);
    expect(await rejection(users.save(Object.assign(user, { active: true })))).to.include({ code: 'key.too-long' });
    expect(await rejection(users.merge(user, { active: true }))).to.include({ code: 'key.too-long' });
    await users.save(Object.assign(user, { plan: 'paid' }));
    expect(await findings(db, User, tableName)).to.deep.equal({ missing: [], surplus: [] });
  });

  it('keep what is unique unique, while others delete entities and add entries of free values', async function () {
    this.timeout(120_000);
    for (const seed of SEEDS) {
      const opened = await open();
      const { tables: db, tableName } = opened;
      await db.tables.ensure([User]);
      const random = seeded(seed);
      const rivals = [new Rival(db, random), new Rival(db, random)];
      const foreign = new ForeignProgram(opened, random);
      for (let round = 0; round < ROUNDS[store]!; round++) {
        if (below(random, 3) === 0) await foreign.actWithCare();
        await Promise.all(rivals.map((rival) => rival.act()));
        const { missing } = await findings(db, User, tableName);
        expect(missing, `seed ${seed}, round ${round}`).to.deep.equal([]);
      }
    }
  });
});
