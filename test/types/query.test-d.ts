import { and, filter, not, or, type Filter, type PatchOf, type Query, type Repository } from '../../src/index.js';
import { Order, type Address, type DomainEvent, type Setting } from '../support/models.js';
import { assertType, type Equal } from './equal.js';

declare const orders: Repository<Order>;
declare const events: Repository<DomainEvent>;
const q = orders.query({ customerId: 'c' });

// ── each type offers only the operators that apply to it ───────────────────────────────────────
q.where((o) =>
  o.total
    .gt(5)
    .and(o.status.in(['open', 'shipped']))
    .or(o.email.startsWith('a')),
);
q.where((o) => o.placedAt.between(new Date(0), new Date()).and(not(o.paid.eq(true))));
q.where((o) => and(o.sequence.ge(5n), or(o.address.isMissing(), o.signature.eq(new Uint8Array(1)))));
q.where((o) => o.orderId.startsWith('2026').and(o.updatedAt.gt(new Date(0))));
// @ts-expect-error startsWith is for strings
q.where((o) => o.total.startsWith('1'));
// @ts-expect-error booleans have no order
q.where((o) => o.paid.gt(true));
// @ts-expect-error Guids have no order
q.where((o) => o.correlation.lt(o));
// @ts-expect-error bytes have no order
q.where((o) => o.signature.ge(new Uint8Array(1)));
// @ts-expect-error booleans have no range
q.where((o) => o.paid.between(false, true));
// @ts-expect-error an Int64 is a bigint
q.where((o) => o.sequence.eq(5));
// @ts-expect-error a Double is a number
q.where((o) => o.total.eq(1n));
// @ts-expect-error the property is a Date
q.where((o) => o.placedAt.gt('2026-01-01'));
// @ts-expect-error the union has no such literal
q.where((o) => o.status.eq('lost'));
// @ts-expect-error the union has no such literal
q.where((o) => o.status.in(['open', 'lost']));
// @ts-expect-error the service has no null
q.where((o) => o.email.eq(null));
// @ts-expect-error the service has no undefined
q.where((o) => o.email.eq(undefined));
q.where((o) => o.items.in([])).where('items', 'in', []);
declare const texts: readonly string[];
declare const statuses: ('open' | 'shipped')[];
q.where((o) => o.status.in(texts).and(o.status.in(statuses)))
  .where('status', 'in', texts)
  .where('status', 'in', statuses);
// @ts-expect-error a text is not a number
q.where((o) => o.items.in(texts));
// @ts-expect-error a text is not a number
q.where('items', 'in', texts);
// @ts-expect-error the union has no such literal
q.where('status', 'in', ['open', 'lost']);
// @ts-expect-error `in` needs a list
q.where('status', 'in', 'open');
// @ts-expect-error a converted object can only be tested for its presence
q.where((o) => o.address.eq({ street: 'x' }));
// @ts-expect-error a method is not a property
q.where((o) => o.isLarge.eq(true));
// @ts-expect-error there is no such property
q.where((o) => o.totl.eq(1));
// @ts-expect-error a condition must be returned
q.where((o) => o.total);
// @ts-expect-error a condition is not a boolean
q.where((o) => o.total.gt(5) && true);
// @ts-expect-error a key part has its own type
events.scan().where((e) => e.at.gt(5));
events.scan().where((e) => e.at.gt(new Date()));

// ── the short form has the same checks ─────────────────────────────────────────────────────────
q.where('total', 'gt', 5)
  .where('status', 'in', ['open', 'shipped'])
  .where('placedAt', 'between', [new Date(0), new Date()]);
q.where('email', 'startsWith', 'x').where('paid', 'eq', true).where('sequence', 'le', 5n).where('address', 'isMissing');
// @ts-expect-error startsWith is for strings
q.where('total', 'startsWith', '1');
// @ts-expect-error booleans have no order
q.where('paid', 'gt', true);
// @ts-expect-error an Int64 is a bigint
q.where('sequence', 'eq', 5);
// @ts-expect-error the union has no such literal
q.where('status', 'eq', 'lost');
// @ts-expect-error converted objects cannot be compared
q.where('address', 'eq', { street: 'x' });
// @ts-expect-error there is no such property
q.where('totl', 'eq', 1);
// @ts-expect-error there is no such operator
q.where('total', 'gte', 1);
// @ts-expect-error a range needs two ends
q.where('total', 'between', [1]);
// @ts-expect-error the operator needs an operand
q.where('total', 'gt');

// ── an object of values compares all of them for equality ──────────────────────────────────────
q.where({ status: 'open', total: 20, customerId: 'c', sequence: 5n, placedAt: new Date(), paid: true });
events.scan().where({ at: new Date(), tenantId: 't' });
filter(Order, { status: 'open' }).and(filter(Order, { total: 5 }));
// @ts-expect-error the union has no such literal
q.where({ status: 'lost' });
// @ts-expect-error an Int64 is a bigint
q.where({ sequence: 5 });
// @ts-expect-error there is no such property
q.where({ totl: 5 });
// @ts-expect-error a method is not stored
q.where({ isLarge: true });
// @ts-expect-error a converted object can only be tested for its presence
q.where({ address: { street: 'x' } });
// @ts-expect-error a property cannot be compared with null
q.where({ email: null });
// @ts-expect-error several values need the operator `in`
q.where({ status: ['open', 'shipped'] });
// @ts-expect-error a key part has its own type
events.scan().where({ at: '2026' });
// @ts-expect-error there is no such property
filter(Order, { totl: 5 });

// ── a filter is typed by its entity and applies to subtypes ────────────────────────────────────
interface Priced {
  readonly total: number;
}
declare const expensive: Filter<Priced>;
declare const ofSettings: Filter<Setting>;
q.where(expensive);
// @ts-expect-error the filter is for another entity
q.where(ofSettings);
// @ts-expect-error the filter is for another entity
q.where((o) => o.total.gt(1).and(ofSettings));
q.where(filter(Order, (o) => o.total.gt(5)));
// @ts-expect-error there is no such property
filter(Order, (o) => o.totl.gt(5));

// ── select returns plain, read-only data ───────────────────────────────────────────────────────
const narrowed = q.select('total', 'address');
assertType<
  Equal<
    Awaited<ReturnType<typeof narrowed.toArray>>[number],
    { readonly total: number; readonly address?: Address | undefined }
  >
>();
// @ts-expect-error a method is not stored
q.select('isLarge');
// @ts-expect-error at least one name is needed
q.select();
// @ts-expect-error there is no such property
q.select('totl');
void narrowed.firstOrThrow().then((o) => {
  o.total.toFixed();
  // @ts-expect-error the property is not selected
  void o.items;
  // @ts-expect-error a projection is read-only
  o.total = 5;
  // @ts-expect-error a projection has no methods
  o.isLarge();
});
narrowed.where('items', 'gt', 1);
// @ts-expect-error a projection cannot be saved
void narrowed.firstOrThrow().then((o) => orders.save(o));

// ── types of results ───────────────────────────────────────────────────────────────────────────
assertType<Equal<Awaited<ReturnType<typeof q.first>>, Order | undefined>>();
assertType<Equal<Awaited<ReturnType<typeof q.firstOrThrow>>, Order>>();
assertType<Equal<Awaited<ReturnType<typeof q.count>>, number>>();
export async function iterate(): Promise<void> {
  for await (const order of q) order.isLarge();
  for await (const { total } of q.select('total')) total.toFixed();
}
export const wider: Query<Order, { readonly total: number }> = q;
// @ts-expect-error a projection is not an Order
export const narrower: Query<Order> = narrowed;
// @ts-expect-error take expects a number
q.take('5');
// @ts-expect-error pageSize expects a number
q.pageSize({});

// ── single, filterOnClient, forEach and merge ──────────────────────────────────────────────────
assertType<Equal<ReturnType<typeof q.single>, Promise<Order>>>();
q.filterOnClient((order) => order.isLarge()).select('total');
// @ts-expect-error the predicate must be synchronous
q.filterOnClient(async (order) => order.isLarge());
void q.select('total').forEach(({ total }, { signal }) => total.toFixed(signal.aborted ? 0 : 2), { concurrency: 8 });
// @ts-expect-error only selected properties can be read
void q.select('total').forEach(({ items }) => items);
void q.merge(({ total, items }) => (items > 5 ? { total: total * 2, email: null } : undefined));
void q.select('items').merge(async ({ items }) => ({ items: items + 1 }));
void q.merge(() => ({ status: 'shipped' }));
void q.merge(async () => ({ status: 'shipped' }));
void q.merge(({ items }) => {
  if (items > 5) return { total: 1 };
  return items > 4 ? { status: 'open' } : undefined;
});
void q.merge(() => undefined);
void q.merge(() => ({}));
void q.merge(() => Promise.reject(new Error('none')));
declare const anyPatch: PatchOf<Order>;
void q.merge(() => anyPatch);
void q.merge(anyPatch);
// @ts-expect-error the name is misspelt
void q.merge({ totl: 1 });
// @ts-expect-error the name is misspelt
void q.merge(() => ({ totl: 1 }));
// @ts-expect-error the name is misspelt
void q.merge(async () => ({ totl: 1 }));
// @ts-expect-error the property is a number
void q.merge({ total: 'x' });
// @ts-expect-error a number is not a patch
void q.merge(5);
// @ts-expect-error a number is not a patch
void q.merge(() => 5);
// @ts-expect-error only selected properties can be read
void q.select('items').merge(({ total }) => ({ total }));
// @ts-expect-error the property is a number
void q.merge(({ total }) => ({ total: String(total) }));
