import {
  defineEntity,
  Entity,
  ETag,
  json,
  PartitionKey,
  Property,
  RowKey,
  Timestamp,
  type AssignOf,
  type CreateOf,
  type DataSource,
  type Defaulted,
  type EntityValues,
  type PatchOf,
  type Repository,
  type Unmarked as PlainOf,
} from '../../src/index.js';
import { assertType, type Equal } from './equal.js';

// Type tests of creating entities: the compiler knows the required properties and reports missing and misspelt ones.

@Entity({ table: 'Orders' })
class Order {
  @PartitionKey() readonly customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'Double', required: true }) total!: number;
  @Property({ type: 'String', default: 'open' }) status!: Defaulted<'open' | 'shipped'>;
  @Property({ converter: json<string[]>(), default: () => [] }) tags!: Defaulted<string[]>;
  @Property({ type: 'String' }) note?: string;
  @Property({ type: 'String' }) either!: string | undefined;
  @Property({ type: 'String' }) nullable!: string | null;
  @Property({ type: 'String' }) readonly fixed!: string;
  @ETag() etag?: ETag;
  @Timestamp() updatedAt?: Timestamp;
  cache: Defaulted<number> = 0;

  get isLarge(): boolean {
    return this.total > 1000;
  }

  ship(): void {}
}

declare const tables: DataSource;
declare const orders: Repository<Order>;
const key = { customerId: 'c', orderId: 'o' };

// ── create requires the keys and the required properties ───────────────────────────────────────
assertType<Equal<ReturnType<typeof orders.create>, Order>>();
orders.create({ ...key, total: 1 });
orders.create({
  ...key,
  total: 1,
  status: 'shipped',
  tags: ['a'],
  note: undefined,
  either: undefined,
  nullable: null,
  fixed: 'x',
  cache: 5,
});
tables
  .unitOfWork()
  .repository(Order)
  .create({ ...key, total: 1 });
orders.create({ ...key, total: 1, note: null });
// @ts-expect-error total is missing
orders.create(key);
// @ts-expect-error total is required
orders.create({ ...key, total: undefined });
// @ts-expect-error a key part is missing
orders.create({ customerId: 'c', total: 1 });
// @ts-expect-error the name is misspelt
orders.create({ ...key, total: 1, stauts: 'open' });
// @ts-expect-error the union has no such literal
orders.create({ ...key, total: 1, status: 'lost' });
// @ts-expect-error the property is a number
orders.create({ ...key, total: '1' });
// @ts-expect-error the store sets the ETag
orders.create({ ...key, total: 1, etag: 'x' });
// @ts-expect-error the store sets the timestamp
orders.create({ ...key, total: 1, updatedAt: new Date() });
// @ts-expect-error a method is not a value of the entity
orders.create({ ...key, total: 1, ship: () => undefined });

export type Missing<T> = {
  [K in keyof CreateOf<T>]-?: undefined extends CreateOf<T>[K] ? never : K;
}[keyof CreateOf<T>];
assertType<Equal<Missing<Order>, 'customerId' | 'orderId' | 'total'>>();

// ── subclasses, classes without marks, and services that are generic over their entities ───────
class Parcel extends Order {
  weight!: number;
}
declare const parcels: Repository<Parcel>;
parcels.create({ ...key, total: 1, weight: 2 });
// @ts-expect-error weight is missing
parcels.create({ ...key, total: 1 });

class Unmarked {
  p!: string;
  r!: string;
  value?: string;
}
declare const unmarked: Repository<Unmarked>;
unmarked.create({ p: 'p', r: 'r' });
// @ts-expect-error a key is missing
unmarked.create({ p: 'p' });

export function insertAll<T extends object>(repository: Repository<T>, all: readonly CreateOf<T>[]): Promise<T>[] {
  return all.map((values) => repository.insert(repository.create(values)));
}
void insertAll(orders, [{ ...key, total: 1 }]);

// ── assign and patches ─────────────────────────────────────────────────────────────────────────
declare const order: Order;
assertType<Equal<ReturnType<typeof orders.assign>, Order>>();
orders.assign(order, { ...key, total: 2, note: null, tags: undefined });
// @ts-expect-error the name is misspelt
orders.assign(order, { totl: 2 });
// @ts-expect-error the ETag is not a stored property
orders.assign(order, { etag: 'x' });
// @ts-expect-error the property is a number
orders.assign(order, { total: '2' });
export const patch: PatchOf<Order> = { note: null, total: undefined, status: 'open' };
export const assignment: AssignOf<Order> = { ...patch, orderId: 'o' };
// @ts-expect-error a patch cannot change a key
export const moved: PatchOf<Order> = { orderId: 'o' };

// ── plain values are assignable to a marked type and vice versa ────────────────────────────────
order.status = 'shipped';
order.tags = ['a'];
export const status: 'open' | 'shipped' = order.status;
export const tags: string[] = order.tags;

// ── a marked union used as an index is first read into a variable of its plain type ────────────
const labels: Record<'open' | 'shipped', string> = { open: 'Open', shipped: 'Shipped' };
const plain: PlainOf<Order['status']> = order.status;
export const label: string = labels[plain];
assertType<Equal<PlainOf<Order['status']>, 'open' | 'shipped'>>();
export function isOpen(): boolean {
  const read: 'open' | 'shipped' = order.status;
  switch (read) {
    case 'open':
      return true;
    case 'shipped':
      return false;
  }
}
// @ts-expect-error TypeScript does not accept an intersection as an index; docs/modelling.md shows the way round it
export const indexed: string = labels[order.status];
void orders
  .query({ customerId: 'c' })
  .where('status', 'eq', 'open')
  .where((o) => o.status.in(['open', 'shipped']));

// ── the create function of a class receives its values ─────────────────────────────────────────
@Entity({ table: 'Payments', create: (values: EntityValues<Payment>) => new Payment(values) })
export class Payment {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() paymentId!: RowKey;
  @ETag() etag?: ETag;
  readonly #amount: number;

  constructor({ amount }: { readonly amount: number }) {
    this.#amount = amount;
  }

  @Property({ type: 'Double' }) get amount(): number {
    return this.#amount;
  }
}
assertType<Equal<keyof EntityValues<Payment>, 'customerId' | 'paymentId' | 'etag' | 'amount'>>();

@Entity({ table: 'Payments', create: (values) => new Loose(String(values['paymentId'])) })
export class Loose {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() paymentId!: RowKey;
  constructor(readonly label: string) {}
}

// @ts-expect-error create expects a value that the class does not have
@Entity({ table: 'Payments', create: (values: { readonly amount: bigint }) => new Wrong(values.amount) })
export class Wrong {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() paymentId!: RowKey;
  constructor(readonly amount: unknown) {}
}

class Described {
  group!: PartitionKey;
  name!: RowKey;
  size!: number;
}
defineEntity(Described, {
  table: 'Described',
  properties: { group: 'PartitionKey', name: 'RowKey', size: { type: 'Int32', required: true, default: 1 } },
  create: (values) => Object.assign(new Described(), { size: values.size.valueOf() }),
});
