import {
  EntitableError,
  Repository,
  type CodesOf,
  type ErrorCode,
  type ErrorGroup,
  type DataSource,
  type ConstantKey,
  type KeyOf,
  type PartitionKeyOf,
  type PatchOf,
  type RowKey,
  type PartitionKey,
  type Session,
} from '../../src/index.js';
import type { DomainEvent, Setting, Unmarked } from '../support/models.js';
import { Order } from '../support/models.js';
import { assertType, type Equal } from './equal.js';

declare const tables: DataSource;
declare const orders: Repository<Order>;
declare const events: Repository<DomainEvent>;
declare const settings: Repository<Setting>;
declare const unmarked: Repository<Unmarked>;

// ── key types follow the marks ─────────────────────────────────────────────────────────────────
assertType<Equal<KeyOf<Order>, { readonly customerId: string; readonly orderId: string }>>();
assertType<Equal<PartitionKeyOf<Order>, { readonly customerId: string }>>();
assertType<
  Equal<
    KeyOf<DomainEvent>,
    { readonly tenantId: string; readonly stream: string; readonly at: Date; readonly eventId: string }
  >
>();
assertType<Equal<KeyOf<Unmarked>, { readonly partitionKey: string; readonly rowKey: string }>>();
interface HalfMarked {
  tenant: PartitionKey;
  id: string;
}
// The other key is constant text; otherwise @Entity refuses the class.
assertType<Equal<KeyOf<HalfMarked>, { readonly tenant: string }>>();
assertType<Equal<PartitionKeyOf<HalfMarked>, { readonly tenant: string }>>();
interface OtherHalf {
  tenant: string;
  id: RowKey;
}
assertType<Equal<KeyOf<OtherHalf>, { readonly id: string }>>();
assertType<Equal<PartitionKeyOf<OtherHalf>, ConstantKey>>();
// A marked type is interchangeable with its plain type.
export const id: RowKey = 'plain';
export const text: string = id;

void orders.get({ customerId: 'c', orderId: 'o' });
// @ts-expect-error the row key is missing
void orders.get({ customerId: 'c' });
// @ts-expect-error a key is an object
void orders.get('c');
// @ts-expect-error the key has no such property
void orders.get({ customerId: 'c', orderId: 'o', total: 5 });
// @ts-expect-error the key part is a string
void orders.get({ customerId: 'c', orderId: 5 });
// @ts-expect-error marked keys are addressed by their property names
void orders.get({ partitionKey: 'c', rowKey: 'o' });
// @ts-expect-error `at` is a Date
void events.get({ tenantId: 't', stream: 's', at: '2026', eventId: 'e' });
// @ts-expect-error all parts are needed
void events.get({ tenantId: 't', at: new Date(), eventId: 'e' });
// @ts-expect-error unmarked keys are addressed by partitionKey and rowKey
void unmarked.get({ p: 'a', r: 'b' });
void unmarked.get({ partitionKey: 'a', rowKey: 'b' });
// @ts-expect-error a query needs a partition key
orders.query({ orderId: 'o' });
// @ts-expect-error a part of the partition key is missing
events.query({ tenantId: 't' });

// ── a constant key is not part of an entity's address ──────────────────────────────────────────
declare const profiles: Repository<HalfMarked>;
declare const counters: Repository<OtherHalf>;
void profiles.get({ tenant: 't' });
void profiles.getMany([{ tenant: 't' }]);
void profiles.merge({ tenant: 't' }, { id: 'x' });
void profiles.delete({ tenant: 't' });
void counters.exists({ id: 'i' });
counters.query({}).where('id', 'gt', 'a');
counters.query([{}]);
// @ts-expect-error a constant partition key has no properties
counters.query({ id: 'i' });
// @ts-expect-error a constant partition key has no properties
counters.query({ tenant: 't' });
// @ts-expect-error a partition is an object
counters.query('c');
// @ts-expect-error the only key part is missing
void profiles.get({});

// ── types of results ───────────────────────────────────────────────────────────────────────────
assertType<Equal<Awaited<ReturnType<typeof orders.get>>, Order | undefined>>();
assertType<Equal<Awaited<ReturnType<typeof orders.getOrThrow>>, Order>>();
assertType<Equal<Awaited<ReturnType<typeof orders.getMany>>, (Order | undefined)[]>>();
assertType<Equal<Awaited<ReturnType<typeof orders.insert>>, Order>>();

// ── patches ────────────────────────────────────────────────────────────────────────────────────
const key = { customerId: 'c', orderId: 'o' } as const;
void orders.merge(key, { total: 5, email: undefined, status: null });
// @ts-expect-error the property is a number
void orders.merge(key, { total: 'x' });
// @ts-expect-error the union has no such literal
void orders.merge(key, { status: 'lost' });
// @ts-expect-error a patch cannot change a key
void orders.merge(key, { orderId: 'x' });
// @ts-expect-error a method is not stored
void orders.merge(key, { isLarge: () => true });
// @ts-expect-error there is no such property
void orders.merge(key, { totl: 5 });
assertType<Equal<PatchOf<Setting>, { readonly value?: string | null | undefined }>>();

// ── options ────────────────────────────────────────────────────────────────────────────────────
// @ts-expect-error the option is 'merge' or 'replace'
void orders.upsert(new Order(), { mode: 'insert' });
// @ts-expect-error the option is 'throw' or 'ignore'
void orders.delete(key, { missing: true });
// @ts-expect-error an upsert is unconditional
void orders.upsert(new Order(), { etag: '*' });
// @ts-expect-error an insert is unconditional
void orders.insert(new Order(), { etag: '*' });

// ── entities are typed ─────────────────────────────────────────────────────────────────────────
// @ts-expect-error the argument is not an Order
void orders.insert({ customerId: 'c', orderId: 'o' });
// @ts-expect-error the argument is not a Setting
void settings.insert(new Order());
void settings.insert({ scope: 's', name: 'n' });
// @ts-expect-error repositories of different entities are not interchangeable
export const mixed: Repository<Setting> = orders;

// ── custom repositories ────────────────────────────────────────────────────────────────────────
class Mailer {
  send(): void {}
}
class Orders extends Repository.of(Order) {
  large(customerId: string): ReturnType<Orders['query']> {
    return this.query({ customerId }).where('total', 'gt', 1000);
  }
}
class Mailing extends Repository.of(Order) {
  constructor(
    session: Session,
    readonly mailer: Mailer,
  ) {
    super(session);
  }
}
assertType<Equal<ReturnType<typeof tables.repository<Orders, []>>, Orders>>();
tables.repository(Orders).large('c');
tables.repository(Mailing, new Mailer()).mailer.send();
void tables.repository(Order).get(key);
// @ts-expect-error the mailer is missing
tables.repository(Mailing);
// @ts-expect-error the argument is not a Mailer
tables.repository(Mailing, 5);
// @ts-expect-error an entity class takes no dependencies
tables.repository(Order, new Mailer());

// ── generic code over any entity ───────────────────────────────────────────────────────────────
export async function load<T extends object>(repository: Repository<T>, key: KeyOf<T>): Promise<T> {
  return repository.getOrThrow(key);
}
void load(orders, key);

// ── errors narrow by their code or by its prefix ───────────────────────────────────────────────
declare const thrown: unknown;
if (EntitableError.is(thrown, 'query.too-many-comparisons')) {
  assertType<Equal<typeof thrown.details, { readonly count: number; readonly limit: number }>>();
}
if (EntitableError.is(thrown, 'store.unknown-target')) assertType<Equal<typeof thrown.code, 'store.unknown-target'>>();
if (EntitableError.is(thrown, 'commit.')) {
  assertType<Equal<typeof thrown.code, CodesOf<'commit.'>>>();
  assertType<Equal<Extract<typeof thrown.code, 'commit.partial' | 'store.not-found'>, 'commit.partial'>>();
}
declare const either: 'store.not-found' | 'store.already-exists';
if (EntitableError.is(thrown, either)) assertType<Equal<typeof thrown.code, typeof either>>();
assertType<Equal<CodesOf<ErrorGroup>, ErrorCode>>();
declare const anyText: string;
// @ts-expect-error there is no such code
EntitableError.is(thrown, 'store.not-fonud');
// @ts-expect-error a group ends in a dot
EntitableError.is(thrown, 'store');
// @ts-expect-error there is no such group
EntitableError.is(thrown, 'stores.');
// @ts-expect-error the code may be any text
EntitableError.is(thrown, anyText);
if (EntitableError.is(thrown)) {
  // @ts-expect-error there is no such code
  void (thrown.code === 'store.no-such-code');
}
