import {
  defineEntity,
  Entity,
  index,
  Property,
  newestFirst,
  PartitionKey,
  RowKey,
  type CheckIndexes,
  type EntitableTypeError,
  type ETag,
  type Guid,
  type Index,
  type IndexKeyOf,
  type Repository,
  type UniqueKeyOf,
} from '../../src/index.js';
import { assertType, type Equal } from './equal.js';

// Type tests of declared indexes: the keys that find entities, and the checks of the declaration.

class User {
  static readonly byEmail = index({ on: ['email'], unique: true });
  static readonly byPlan = index({
    on: ['plan', ['joinedAt', newestFirst]],
    project: ['name'],
    where: { active: true, plan: ['free', 'paid'] },
  });
  static readonly everywhere = index({ partition: ['email'], unique: true });
  static readonly byCountry = index({ partition: ['country'], on: ['joinedAt', 'id'] });
  declare tenant: PartitionKey;
  declare id: RowKey<Guid>;
  declare email: string;
  declare name?: string | null;
  declare plan: 'free' | 'paid';
  declare joinedAt: Date;
  declare active: boolean;
  declare country?: string;
  declare etag?: ETag;
  isPaid(): boolean {
    return this.plan === 'paid';
  }
}

declare const users: Repository<User>;

// ── the key of by: the partition, and the first values ─────────────────────────────────────────
type Plan = 'free' | 'paid';
assertType<
  Equal<
    IndexKeyOf<User, typeof User.byPlan>,
    | { readonly tenant: string; readonly plan?: never; readonly joinedAt?: never }
    | { readonly tenant: string; readonly plan: Plan; readonly joinedAt?: never }
    | { readonly tenant: string; readonly plan: Plan; readonly joinedAt: Date }
  >
>();
users.by(User.byEmail, { tenant: 't' });
users.by(User.byEmail, { tenant: 't', email: 'a' });
users.by(User.byPlan, { tenant: 't', plan: 'paid' });
users.by(User.byPlan, { tenant: 't', plan: 'paid', joinedAt: new Date() });
users.by(User.byPlan, [
  { tenant: 't', plan: 'paid' },
  { tenant: 'u', plan: 'paid' },
] as const);
users.by(User.byPlan, []);
// @ts-expect-error the partition is missing in the second key
users.by(User.byPlan, [{ tenant: 't', plan: 'paid' }, { plan: 'paid' }]);
// @ts-expect-error the partition is missing
users.by(User.byEmail, { email: 'a' });
// @ts-expect-error the value before it is missing
users.by(User.byPlan, { tenant: 't', joinedAt: new Date() });
// @ts-expect-error it is none of the union
users.by(User.byPlan, { tenant: 't', plan: 'gold' });
// @ts-expect-error the index does not name it
users.by(User.byPlan, { tenant: 't', email: 'a' });
// @ts-expect-error a projected property is no part of the key
users.by(User.byPlan, { tenant: 't', plan: 'paid', name: 'Ann' });

// ── an index with partitions of its own ────────────────────────────────────────────────────────
assertType<Equal<IndexKeyOf<User, typeof User.everywhere>, { readonly email: string }>>();
users.by(User.byCountry, { country: 'NO' });
users.by(User.byCountry, { country: 'NO', joinedAt: new Date() });
declare const guid: Guid;
users.by(User.byCountry, { country: 'NO', joinedAt: new Date(), id: guid });
// @ts-expect-error the partition of the index is missing
users.by(User.byCountry, { joinedAt: new Date() });
// @ts-expect-error its partitions are not those of the class
users.by(User.byCountry, { tenant: 't', country: 'NO' });

// ── the key of getBy: all values of a unique index ─────────────────────────────────────────────
assertType<Equal<UniqueKeyOf<User, typeof User.byEmail>, { readonly tenant: string; readonly email: string }>>();
void users.getBy(User.byEmail, { tenant: 't', email: 'a' });
void users.getBy(User.everywhere, { email: 'a' });
// @ts-expect-error a value is missing
void users.getBy(User.byEmail, { tenant: 't' });
// @ts-expect-error the index is not unique
void users.getBy(User.byPlan, { tenant: 't', plan: 'free', joinedAt: new Date() });
assertType<
  Equal<
    UniqueKeyOf<User, typeof User.byPlan>,
    EntitableTypeError<'the index is not unique, so several entities may have the same values: query it with by()'>
  >
>();

// ── indexes of other classes, and indexes that the compiler does not know ──────────────────────
class Order {
  static readonly byTotal = index({ on: ['total'] });
  declare customer: PartitionKey;
  declare order: RowKey;
  declare total: number;
}
// @ts-expect-error it is an index of another class
users.by(Order.byTotal, { tenant: 't', total: 5 });
declare const some: Index;
users.by(some, { whatever: 5 });
void users.getBy(some, { whatever: 5 });

// ── keys of constant text, and keys that are not marked ────────────────────────────────────────
class Setting {
  static readonly byName = index({ on: ['name'], unique: true });
  declare id: RowKey;
  declare name: string;
}
assertType<Equal<UniqueKeyOf<Setting, typeof Setting.byName>, { readonly name: string }>>();

class Unmarked {
  static readonly byName = index({ on: ['name'], unique: true });
  declare id: string;
  declare name: string;
}
assertType<
  Equal<UniqueKeyOf<Unmarked, typeof Unmarked.byName>, { readonly partitionKey: string; readonly name: string }>
>();

// ── a service class that is generic over its entities ──────────────────────────────────────────
export class Users<T extends User> {
  constructor(readonly repository: Repository<T>) {}

  find(tenant: string, email: string): Promise<T | undefined> {
    this.repository.by(User.byPlan, { tenant, plan: 'free' });
    // @ts-expect-error the value before it is missing
    this.repository.by(User.byPlan, { tenant, joinedAt: new Date() });
    return this.repository.getBy(User.byEmail, { tenant, email });
  }

  passOn(key: IndexKeyOf<T, typeof User.byPlan>): void {
    this.repository.by(User.byPlan, key);
  }
}

// ── the check of the declaration ───────────────────────────────────────────────────────────────
// test/types/messages.test.ts compiles more mistakes, and checks what the compiler says about them.
assertType<Equal<CheckIndexes<typeof User, User>, unknown>>();
assertType<
  Equal<
    CheckIndexes<{ readonly byMail: Index<{ readonly on: readonly ['mail'] }>; readonly other: string }, User>,
    EntitableTypeError<"the index byMail names 'mail', which is no property of the class">
  >
>();

abstract class Named {
  static readonly byName = index({ on: ['name', 'id'], where: { rank: [1, 2], at: new Date() } });
  static readonly shared = new Map<string, unknown>();
  static readonly untyped = JSON.parse('{}');
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property() name?: string;
  @Property() rank?: number | null;
  @Property() at!: Date;
}

@Entity({ table: 'Inheriting', rowKey: '{id}' })
export class Inheriting extends Named {
  declare static readonly declared: Index<{ readonly on: readonly ['name'] }>;
  static readonly unknown: Index = index({ on: ['name'] });
  static readonly self: Inheriting = new Inheriting();
  static override readonly byName = Named.byName;
}
assertType<
  Equal<
    UniqueKeyOf<Inheriting, Index<{ readonly on: readonly ['name']; readonly unique: true }>>,
    { readonly tenant: string; readonly name: string }
  >
>();

// @ts-expect-error the index declared names 'mail', which is no property of the class
@Entity({ table: 'Declared', rowKey: '{id}' })
export class Declared extends Named {
  declare static readonly declared: Index<{ readonly on: readonly ['mail'] }>;
}

// @ts-expect-error an index that is inherited names 'name', which is no property of the class
@Entity({ table: 'Losing', rowKey: '{id}' })
export class Losing extends (Named as unknown as Statics) {
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() id!: RowKey;
}
type Statics = Pick<typeof Named, 'byName'> & (new () => object);

class Plain {
  declare p: PartitionKey;
  declare r: RowKey;
  declare email: string;
}
const byEmail = index({ on: ['email'] });
const byMail = index({ on: ['mail'] });
const schema = { table: 'Plain', rowKey: '{r}', properties: { p: 'PartitionKey', r: 'RowKey' } } as const;
defineEntity(Plain, { ...schema, indexes: { byEmail, another: index({ on: [['email', { toStored: String }]] }) } });
// @ts-expect-error it names no property
defineEntity(Plain, { ...schema, indexes: { byMail } });
// @ts-expect-error it names no property
defineEntity(Plain, { ...schema, indexes: { byMail: index({ on: ['mail'] }) } });
// @ts-expect-error it is no index
defineEntity(Plain, { ...schema, indexes: { byEmail: { on: ['email'] } } });
// @ts-expect-error a static index names no property
defineEntity(Declared, { ...schema, properties: {} });
