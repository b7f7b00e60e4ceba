import { expect } from 'chai';
import { EntitableError, type DataSource, type Repository } from '../../src/index.js';
import { onEveryStore } from '../support/every-store.js';
import { below, seeded, type Random } from '../support/seeded.js';
import { findings, User } from './users.js';

/** Random verbs on a few users, by every path that writes. Values collide often. */
class Rival {
  readonly #db: DataSource;
  readonly #users: Repository<User>;
  readonly #random: Random;
  readonly #old: User[] = [];

  constructor(db: DataSource, random: Random) {
    this.#db = db;
    this.#users = db.repository(User);
    this.#random = random;
  }

  /** Runs one verb. Only errors that the verb may throw are ignored. */
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

  #values() {
    return {
      email: this.#maybe(`e${this.#below(5)}/~!|@x`),
      plan: this.#maybe(`p ${this.#below(2)}`),
      joined: this.#maybe(new Date(Date.UTC(2026, 0, 1 + this.#below(3)))),
      score: this.#maybe(this.#below(5) - 2),
      active: this.#maybe(this.#below(2) === 0),
      name: this.#maybe(`n${this.#below(3)}`),
      note: this.#maybe(`note ${this.#below(100)}`),
    };
  }

  #key() {
    return { tenant: `t${this.#below(2)}`, id: `u${this.#below(6)}` };
  }

  #make(): User {
    return Object.assign(new User(), this.#key(), this.#values());
  }

  #patch() {
    const some = Object.entries(this.#values()).filter(() => this.#below(2) === 0);
    return Object.fromEntries(some.map(([name, value]) => [name, value ?? null]));
  }

  #list<V>(make: () => V): V[] {
    return Array.from({ length: 1 + this.#below(5) }, make);
  }

  /** A loaded user, now and then one that was loaded long ago. */
  async #loaded(): Promise<User | undefined> {
    if (this.#old.length > 3 && this.#below(3) === 0) return this.#old.splice(this.#below(this.#old.length), 1)[0];
    const user = await this.#users.get(this.#key());
    if (user !== undefined && this.#below(4) === 0) this.#old.push(Object.assign(new User(), user));
    if (user !== undefined && this.#below(4) === 0) this.#old.push((await this.#users.get(user))!);
    return user;
  }

  #mode() {
    return { mode: this.#below(2) === 0 ? ('merge' as const) : ('replace' as const) };
  }

  async #verb(): Promise<unknown> {
    const users = this.#users;
    const anyEtag = this.#below(3) === 0 ? { etag: '*' } : {};
    const collect = { onError: 'collect' } as const;
    switch (this.#below(17)) {
      case 0:
      case 1:
        return users.insert(this.#make());
      case 2:
        return users.upsert(this.#make(), this.#mode());
      case 3:
        return users.merge(this.#key(), this.#patch(), anyEtag);
      case 4:
        return users.delete(this.#key(), { missing: 'ignore', ...anyEtag });
      case 5:
      case 6: {
        const user = await this.#loaded();
        if (user === undefined) return undefined;
        Object.assign(user, this.#values());
        return this.#below(3) === 0 ? users.replace(user, anyEtag) : users.save(user);
      }
      case 7: {
        const user = await this.#loaded();
        return user && users.delete(user, anyEtag);
      }
      case 8: {
        const key = this.#key();
        const missing = (): User => Object.assign(this.#make(), key);
        return users.modify(key, (user) => void Object.assign(user, this.#values()), { missing });
      }
      case 9:
        return users
          .query({ tenant: `t${this.#below(2)}` })
          .where('score', 'ge', this.#below(4))
          .merge(this.#patch());
      case 10:
        return users
          .query({ tenant: `t${this.#below(2)}` })
          .where('score', 'eq', this.#below(5) - 2)
          .delete();
      case 11:
        return users.insertMany(
          this.#list(() => this.#make()),
          collect,
        );
      case 12:
        return users.upsertMany(
          this.#list(() => this.#make()),
          { ...this.#mode(), ...collect },
        );
      case 13:
        return users.mergeMany(
          this.#list(() => ({ key: this.#key(), patch: this.#patch() })),
          collect,
        );
      case 14:
        return users.deleteMany(
          this.#list(() => this.#key()),
          { missing: 'ignore', ...collect },
        );
      case 15:
        return this.#below(2) === 0
          ? this.#db.upsertMany(
              this.#list(() => this.#make()),
              { ...this.#mode(), ...collect },
            )
          : this.#db.insertMany(
              this.#list(() => this.#make()),
              collect,
            );
      default:
        return this.#unit();
    }
  }

  #unit(): Promise<unknown> {
    const options = this.#below(2) === 0 ? { maxRetries: 3 } : {};
    return this.#db.unitOfWork(async (unit) => {
      const users = unit.repository(User);
      for (let step = 0; step < 4; step++) {
        const key = this.#key();
        const user = this.#below(2) === 0 ? await users.get(key) : undefined;
        switch (this.#below(6)) {
          case 0:
            await users.upsert(user ?? this.#make(), this.#mode());
            break;
          case 1:
            await users.delete(user ?? key, { missing: 'ignore' });
            break;
          case 2:
            await users.merge(key, this.#patch());
            break;
          case 3:
            if (user !== undefined) await users.replace(Object.assign(user, this.#values()));
            break;
          case 4:
            if (user === undefined) await users.insert(this.#make());
            break;
          default:
            if (user !== undefined) Object.assign(user, this.#values());
        }
      }
    }, options);
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
  'commit.not-atomic',
]);

const ROUNDS: Readonly<Record<string, number>> = { memory: 400, sqlite: 60, lmdb: 60, azurite: 12 };

onEveryStore('Every verb with rivals', (open, store) => {
  it('keeps the entries of all indexes as the entities are', async function () {
    this.timeout(120_000);
    for (const seed of process.env['SEED'] === undefined ? [1, 2, 3] : [Number(process.env['SEED'])]) {
      const { tables: db, tableName } = await open();
      const random = seeded(seed);
      const rivals = Array.from({ length: 4 }, () => new Rival(db, random));
      for (let round = 0; round < ROUNDS[store]!; round++) {
        await Promise.all(rivals.slice(0, 1 + below(random, 4)).map((rival) => rival.act()));
        const found = await findings(db, User, tableName);
        expect(found, `seed ${seed}, round ${round}`).to.deep.equal({ missing: [], surplus: [] });
      }
    }
  });
});
