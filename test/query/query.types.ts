// Type tests of filters and queries: this file must compile. Every call that must be rejected follows an expected error
// (@ts-expect-error), which fails in turn if it is not needed.
import type { Guid } from '../../src/edm/guid.js';
import { and, not, or, type Filter } from '../../src/filter/filter.js';
import { filter } from '../../src/filter/make-filter.js';
import type { OperatorOf, PropertyRef, PropertyRefs } from '../../src/filter/property-refs.js';
import type { RowKey } from '../../decorators/index.js';
import type { Query } from '../../src/query/query.js';
import type { Address, DomainEvent, Order } from '../filter/entities.js';

type Equal<A, B> = (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;
function assertType<_T extends true>(): void {}

type Operators<V> = OperatorOf<{ property: V }, 'property'>;
type MethodOf<V> = Exclude<keyof PropertyRef<unknown, V>, 'isPresent' | 'isMissing'>;

declare const q: Query<Order>;
declare const events: Query<DomainEvent>;
declare const guid: Guid;
declare const OrderClass: new () => Order;

// The operators depend on the type of the property.
assertType<Equal<Operators<boolean>, 'eq' | 'ne' | 'in'>>();
assertType<Equal<Operators<Guid>, 'eq' | 'ne' | 'in'>>();
assertType<Equal<Operators<Uint8Array>, 'eq' | 'ne' | 'in'>>();
assertType<Equal<Operators<Date>, 'eq' | 'ne' | 'in' | 'gt' | 'ge' | 'lt' | 'le' | 'between'>>();
assertType<Equal<Operators<bigint>, Operators<number>>>();
assertType<Equal<Operators<string>, 'eq' | 'ne' | 'in' | 'gt' | 'ge' | 'lt' | 'le' | 'between' | 'startsWith'>>();
assertType<Equal<Operators<RowKey>, Operators<string>>>();
assertType<Equal<Operators<RowKey<Date>>, Operators<Date>>>();
assertType<Equal<Operators<Address>, never>>();
assertType<Equal<Operators<RowKey<Date>>, MethodOf<RowKey<Date>>>>();
assertType<Equal<Operators<'a' | 'b'>, MethodOf<'a' | 'b'>>>();
assertType<Equal<Operators<boolean>, MethodOf<boolean>>>();
assertType<Equal<Operators<Address>, MethodOf<Address>>>();
assertType<Equal<keyof PropertyRefs<Order>['address'], 'isPresent' | 'isMissing'>>();
assertType<Equal<Parameters<PropertyRefs<DomainEvent>['at']['eq']>, [value: Date]>>();

export const right: readonly Query<Order>[] = [
  q.where((o) => o.total.gt(5)),
  q.where((o) => o.items.in([1, 2, 3])),
  q.where((o) => o.sequence.ge(10n)),
  q.where((o) => o.placedAt.between(new Date(0), new Date())),
  q.where((o) => o.correlation.eq(guid)),
  q.where((o) => o.signature.eq(new Uint8Array([1]))),
  q.where((o) => o.paid.eq(true)),
  q.where((o) => o.status.in(['open', 'shipped'])),
  q.where((o) => o.email.startsWith('x')),
  q.where((o) => o.address.isMissing()),
  q.where((o) => o.orderId.startsWith('2026-')),
  q.where((o) => o.updatedAt.gt(new Date(0))),
  q.where((o) => or(o.total.gt(5), and(o.paid.eq(false), not(o.status.eq('cancelled'))))),
  q
    .where('total', 'gt', 5)
    .where('status', 'in', ['open', 'shipped'])
    .where('placedAt', 'between', [new Date(0), new Date()]),
  q.where('email', 'startsWith', 'x').where('paid', 'eq', true).where('sequence', 'le', 5n).where('orderId', 'gt', 'a'),
  q.where('address', 'isPresent').where('email', 'isMissing'),
];
events.where((e) => e.at.gt(new Date())).where('at', 'le', new Date());

// @ts-expect-error startsWith is for strings
q.where((o) => o.total.startsWith('1'));
// @ts-expect-error startsWith is for strings
q.where((o) => o.placedAt.startsWith('2026'));
// @ts-expect-error booleans have no order
q.where((o) => o.paid.gt(false));
// @ts-expect-error Guids have no order
q.where((o) => o.correlation.lt(guid));
// @ts-expect-error bytes have no order
q.where((o) => o.signature.between(new Uint8Array(), new Uint8Array()));
// @ts-expect-error a Guid is not a string
q.where((o) => o.correlation.eq('00000000-0000-0000-0000-000000000000'));
// @ts-expect-error an Int64 is a bigint
q.where((o) => o.sequence.eq(1));
// @ts-expect-error a Double is a number
q.where((o) => o.total.eq(1n));
// @ts-expect-error a Double is a number
q.where((o) => o.total.eq('1'));
// @ts-expect-error a DateTime is a Date
q.where((o) => o.placedAt.gt(Date.now()));
// @ts-expect-error a DateTime is a Date
q.where((o) => o.placedAt.gt('2026-01-01'));
// @ts-expect-error a boolean is not a number
q.where((o) => o.paid.eq(1));
// @ts-expect-error not a member of the union
q.where((o) => o.status.eq('lost'));
// @ts-expect-error not a member of the union
q.where((o) => o.status.in(['open', 'lost']));
// @ts-expect-error the service cannot compare with null
q.where((o) => o.email.eq(null));
// @ts-expect-error the service cannot compare with null
q.where((o) => o.email.in([null]));
// @ts-expect-error undefined is not an operand
q.where((o) => o.total.gt(undefined));
q.where((o) => o.items.in([]));
// @ts-expect-error between takes two operands
q.where((o) => o.items.between(1));
// @ts-expect-error a converted object cannot be compared
q.where((o) => o.address.eq({ street: 'x' }));
// @ts-expect-error methods are not properties
q.where((o) => o.isLarge.isPresent());
// @ts-expect-error no such property
q.where((o) => o.totl.eq(1));
// @ts-expect-error a filter must be returned
q.where((o) => o.total);
// @ts-expect-error a filter is not a boolean
q.where((o) => o.total.eq(1) && true);
// @ts-expect-error a marked key is compared with its plain type only
events.where((e) => e.at.gt('2026'));

// @ts-expect-error startsWith is for strings
q.where('total', 'startsWith', '1');
// @ts-expect-error booleans have no order
q.where('paid', 'gt', true);
// @ts-expect-error an Int64 is a bigint
q.where('sequence', 'eq', 5);
// @ts-expect-error not a member of the union
q.where('status', 'eq', 'lost');
// @ts-expect-error a converted object cannot be compared
q.where('address', 'eq', { street: 'x' });
q.where('items', 'in', []);
// @ts-expect-error between takes two operands
q.where('items', 'between', [1]);
// @ts-expect-error the service cannot compare with null
q.where('email', 'eq', null);
// @ts-expect-error no such property
q.where('totl', 'eq', 1);
// @ts-expect-error isPresent takes no operand
q.where('email', 'isPresent', true);
// @ts-expect-error methods are not properties
q.where('isLarge', 'isPresent');

// A filter belongs to a type and fits its subtypes.
interface Priced {
  readonly total: number;
}
declare const expensive: Filter<Priced>;
declare const ofEvents: Filter<DomainEvent>;
q.where(expensive);
q.where((o) => o.paid.eq(true).and(expensive));
const made: Filter<Order> = filter(OrderClass, (o) => o.total.gt(5));
q.where(made.or(expensive));
// @ts-expect-error a filter on another entity
q.where(ofEvents);
// @ts-expect-error a filter on another entity
q.where((o) => o.total.gt(1).and(ofEvents));
// @ts-expect-error a filter on a subtype does not fit the supertype
export const narrower: Filter<Priced> = made;

// A selection narrows the result to plain, read-only data.
const narrowed = q.select('orderId', 'total', 'address');
assertType<
  Equal<
    Awaited<ReturnType<typeof narrowed.toArray>>[number],
    { readonly orderId: RowKey; readonly total: number; readonly address?: Address }
  >
>();
narrowed.where('items', 'gt', 1);
// @ts-expect-error at least one property is required
q.select();
// @ts-expect-error no such property
q.select('totl');
export async function read(): Promise<void> {
  for await (const order of q) order.isLarge();
  for await (const { items } of q.select('total').pages()) items[0]?.total.toFixed();
  const first = await narrowed.firstOrThrow();
  first.total.toFixed();
  // @ts-expect-error not selected
  first.items.toFixed();
  // @ts-expect-error a projection is readonly
  first.total = 5;
  // @ts-expect-error a projection has no methods
  first.isLarge();
  // @ts-expect-error the result may be undefined
  (await q.first()).total.toFixed();
}
export const covariant: Query<Order, { readonly total: number }> = q;
// @ts-expect-error a projection is not an Order
export const contravariant: Query<Order, Order> = narrowed;

// Sorting, paging and writes by filter.
q.orderBy('total', 'desc').orderBy('placedAt').orderBy('orderId').orderBy('email');
// @ts-expect-error booleans have no order
q.orderBy('paid');
// @ts-expect-error a converted object has no order
q.orderBy('address');
// @ts-expect-error methods are not stored
q.orderBy('isLarge');
// @ts-expect-error no such direction
q.orderBy('total', 'down');
export async function change(): Promise<void> {
  const { items, continuation } = await q.select('total').page({ pageSize: 5 });
  items[0]?.total.toFixed();
  await q.page({ continuation, emptyPages: 'give' });
  const { changed, failed } = await q.where('paid', 'eq', false).merge({ paid: true, email: undefined, status: null });
  void [changed.toFixed(), failed[0]?.error.code];
  await q.delete({ onProgress: (progress) => void progress.skipped });
  // @ts-expect-error keys do not change
  await q.merge({ orderId: 'x' });
  // @ts-expect-error a Double is a number
  await q.merge({ total: 'x' });
  // @ts-expect-error no such property
  await q.merge({ totl: 1 });
}
