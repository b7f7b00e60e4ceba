import {
  Entity,
  EntitableError,
  ETag,
  index,
  PartitionKey,
  Property,
  RowKey,
  type BulkResult,
  type DataSource,
  type Repository,
  type UnitOfWork,
} from '../../src/index.js';
import { below, type Random } from '../support/seeded.js';
import { User } from './users.js';

/** A second class in the table of the users. */
@Entity({ table: 'Users', rowKey: 'order|{id}' })
export class Order {
  static readonly byNumber = index({ on: ['number'], unique: true });
  static readonly byUser = index({ on: ['user'], project: ['number'] });
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @ETag() etag?: string;
  @Property({ type: 'Int32' }) number?: number | undefined;
  @Property({ type: 'String' }) user?: string | undefined;
}

/** Refusals that a verb may meet among rivals. */
const REFUSALS: readonly string[] = [
  'store.already-exists',
  'store.not-found',
  'store.precondition-failed',
  'entity.not-unique',
  'commit.partial',
  'commit.row-tracked',
  'commit.not-atomic',
];

/** Further errors that a verb may meet when transactions fail or their answers are lost. */
export const FAULTS: readonly string[] = ['store.unavailable', 'store.outcome-unknown', 'commit.bulk-stopped'];

/** Counts of the outcomes of verbs: `done`, or the code of the error. */
export type Outcomes = Map<string, number>;

/** Random verbs on a few users and orders, by every path that writes. Values collide often. */
export class Rival {
  readonly #db: DataSource;
  readonly #users: Repository<User>;
  readonly #random: Random;
  readonly #expected: ReadonlySet<string>;
  readonly outcomes: Outcomes = new Map();
  /** Entities that were loaded or written at some time. They are used again and again. */
  readonly #held: User[] = [];

  constructor(db: DataSource, random: Random, faults: readonly string[] = []) {
    this.#db = db;
    this.#users = db.repository(User);
    this.#random = random;
    this.#expected = new Set([...REFUSALS, ...faults]);
  }

  /** Runs one verb. Only errors that the verb may throw are ignored. */
  async act(): Promise<void> {
    let outcome = 'done';
    try {
      const result = await this.#verb();
      for (const { error } of (result as BulkResult<object> | undefined)?.failed ?? []) this.#expect(error);
    } catch (error) {
      outcome = this.#expect(error);
    }
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  #expect(error: unknown): string {
    if (!EntitableError.is(error)) throw error;
    const { code, details } = error;
    // A merge cannot remove properties from a row that the unit of work is to upsert.
    const isRemoval = code === 'commit.not-in-unit' && (details as { verb: string }).verb === 'merge()';
    if (!isRemoval && !this.#expected.has(code)) throw error;
    return code;
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

  /** Some of the values: often one, and often none that an index needs. */
  #some() {
    const all = Object.entries(this.#values());
    return Object.fromEntries(this.#below(3) === 0 ? [all[this.#below(all.length)]!] : this.#half(all));
  }

  #half<V>(values: readonly V[]): readonly V[] {
    return values.filter(() => this.#below(2) === 0);
  }

  #key() {
    return { tenant: `t${this.#below(2)}`, id: `u${this.#below(6)}` };
  }

  #make(): User {
    return Object.assign(new User(), this.#key(), this.#values());
  }

  #order(): Order {
    const values = { number: this.#maybe(this.#below(4)), user: this.#maybe(`u${this.#below(3)}`) };
    return Object.assign(new Order(), this.#key(), values);
  }

  #patch() {
    return Object.fromEntries(Object.entries(this.#some()).map(([name, value]) => [name, value ?? null]));
  }

  #list<V>(make: () => V): V[] {
    return Array.from({ length: 1 + this.#below(5) }, make);
  }

  /** A user that was loaded now or long ago, a copy as a client sends it, or one that is to be written over any ETag. */
  async #loaded(): Promise<User | undefined> {
    if (this.#held.length > 0 && this.#below(2) === 0) return this.#varied(this.#held[this.#below(this.#held.length)]!);
    const user = await this.#users.get(this.#key());
    if (user === undefined) return undefined;
    this.#hold(user);
    return this.#varied(user);
  }

  #hold(user: User): void {
    if (this.#held.length < 8) this.#held.push(user);
    else this.#held[this.#below(8)] = user;
  }

  async #varied(user: User): Promise<User> {
    switch (this.#below(8)) {
      case 0:
        return Object.assign(new User(), user);
      case 1:
        return Object.assign(user, { etag: '*' });
      case 2:
        return Object.assign(user, { etag: (await this.#users.get(user))?.etag ?? '*' });
      default:
        return user;
    }
  }

  #mode() {
    return { mode: this.#below(2) === 0 ? ('merge' as const) : ('replace' as const) };
  }

  async #verb(): Promise<unknown> {
    const users = this.#users;
    const anyEtag = this.#below(3) === 0 ? { etag: '*' } : {};
    const collect = { onError: 'collect' } as const;
    switch (this.#below(20)) {
      case 0:
      case 1: {
        const made = this.#make();
        if (this.#below(2) === 0) this.#hold(made);
        return users.insert(made);
      }
      case 2: {
        const made = this.#make();
        if (this.#below(2) === 0) this.#hold(made);
        return users.upsert(made, this.#mode());
      }
      case 3:
        return users.merge(this.#key(), this.#patch(), anyEtag);
      case 4:
        return users.delete(this.#key(), { missing: 'ignore', ...anyEtag });
      case 5:
      case 6:
      case 7: {
        const user = await this.#loaded();
        if (user === undefined) return undefined;
        Object.assign(user, this.#some());
        return this.#below(3) === 0 ? this.#replace(user, anyEtag) : users.save(user);
      }
      case 8: {
        const user = await this.#loaded();
        return user && users.delete(user, 'etag' in anyEtag || user.etag === undefined ? { etag: '*' } : {});
      }
      case 9: {
        const key = this.#key();
        const missing = (): User => Object.assign(this.#make(), key);
        return users.modify(key, (user) => void Object.assign(user, this.#some()), { missing });
      }
      case 10:
        return users
          .query({ tenant: `t${this.#below(2)}` })
          .where('score', 'ge', this.#below(4))
          .merge(this.#patch());
      case 11:
        return users
          .query({ tenant: `t${this.#below(2)}` })
          .where('score', 'eq', this.#below(5) - 2)
          .delete();
      case 12:
        return users.insertMany(
          this.#list(() => this.#make()),
          collect,
        );
      case 13:
        return users.upsertMany(
          this.#list(() => this.#make()),
          { ...this.#mode(), ...collect },
        );
      case 14:
        return users.mergeMany(
          this.#list(() => ({ key: this.#key(), patch: this.#patch() })),
          collect,
        );
      case 15:
        return users.deleteMany(
          this.#list(() => this.#key()),
          { missing: 'ignore', ...collect },
        );
      case 16:
        return this.#mixed(collect);
      case 17:
        return this.#unit((unit) => this.#swap(unit));
      default:
        return this.#unit((unit) => this.#steps(unit));
    }
  }

  #replace(user: User, anyEtag: { readonly etag?: string }): Promise<User> {
    return this.#users.replace(user, user.etag === undefined ? { etag: '*' } : anyEtag);
  }

  #mixed(collect: { readonly onError: 'collect' }): Promise<unknown> {
    const some = this.#list(() => (this.#below(2) === 0 ? this.#make() : this.#order()));
    switch (this.#below(3)) {
      case 0:
        return this.#db.upsertMany(some, { ...this.#mode(), ...collect });
      case 1:
        return this.#db.insertMany(some, collect);
      default:
        return this.#db.deleteMany(
          some.map((one) => Object.assign(one, { etag: '*' })),
          { missing: 'ignore', ...collect },
        );
    }
  }

  /** Runs a unit of work. If its outcome is unknown, it is committed again until it is known, or discarded. */
  async #unit(work: (unit: UnitOfWork) => Promise<void>): Promise<void> {
    if (this.#below(2) === 0) return this.#db.unitOfWork(work, { maxRetries: 3 });
    const unit = this.#db.unitOfWork();
    await work(unit);
    for (let left = 2; ; left--) {
      try {
        await unit.commit();
        return;
      } catch (error) {
        this.#expect(error);
        if (left === 0) return unit.discard();
      }
    }
  }

  /** Passes the e-mail addresses of some users of a partition on, each to the next. */
  async #swap(unit: UnitOfWork): Promise<void> {
    const tenant = `t${this.#below(2)}`;
    const found = await unit.repository(User).query({ tenant }).toArray();
    const some = found.toSorted(() => this.#below(3) - 1).slice(0, 2 + this.#below(2));
    const emails = some.map(({ email }) => email);
    const last = this.#below(2) === 0 ? emails[0] : `e${this.#below(5)}/~!|@x`;
    some.forEach((user, at) => (user.email = at + 1 < emails.length ? emails[at + 1] : last));
  }

  async #steps(unit: UnitOfWork): Promise<void> {
    const users = unit.repository(User);
    for (let step = 0; step < 4; step++) {
      const key = this.#key();
      const user = this.#below(2) === 0 ? await users.get(key) : undefined;
      const anyEtag = this.#below(4) === 0 ? { etag: '*' } : {};
      switch (this.#below(8)) {
        case 0:
          await users.upsert(user ?? this.#make(), this.#mode());
          break;
        case 1:
          await users.delete(user ?? key, { missing: 'ignore', ...anyEtag });
          break;
        case 2:
          await users.merge(key, this.#patch(), anyEtag);
          break;
        case 3:
          if (user !== undefined) await users.replace(Object.assign(user, this.#some()), anyEtag);
          break;
        case 4:
          if (user === undefined) await users.insert(this.#make());
          break;
        case 5: {
          const held = await this.#loaded();
          if (held !== undefined) await users.save(Object.assign(held, this.#some()));
          break;
        }
        case 6:
          await unit.repository(Order).upsert(this.#order(), this.#mode());
          break;
        default:
          if (user !== undefined) Object.assign(user, this.#some(), anyEtag);
      }
    }
  }
}
