import {
  defineEntity,
  Entity,
  ETag,
  json,
  newestFirst,
  PartitionKey,
  Property,
  RowKey,
  Timestamp,
  type DataKey,
  type Defaulted,
  type KeyOf,
  type PatchOf,
  type PropertyRefs,
  type Query,
  type Repository,
} from '../../src/index.js';
import { assertType, type Equal } from './equal.js';

// Type tests of the marks, i.e. the types of the same names as the decorators, which tell the compiler the role of a
// property.

@Entity({ table: 'Documents' })
class Document {
  @PartitionKey() folder!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @Property({ type: 'String' }) title?: string;
  @Property({ type: 'Double' }) anything?: ReturnType<typeof JSON.parse>; // any
  @Property({ converter: json<object>() }) object?: object;
  @Property({ converter: json<{ readonly note?: string }>() }) loose?: { readonly note?: string } | null;
  @ETag() etag?: ETag;
  @Timestamp() updatedAt?: Timestamp;

  publish(): void {}
}

/** The same class with unmarked types for the ETag and the timestamp, which the decorators accept as well. */
@Entity({ table: 'Documents' })
export class Plain {
  @PartitionKey() folder!: PartitionKey;
  @RowKey() name!: RowKey;
  @ETag() etag!: string | null;
  @Timestamp() updatedAt?: Date | undefined;
}

export class Misdeclared {
  // @ts-expect-error a timestamp is not an ETag
  @ETag() etag?: Timestamp;
  // @ts-expect-error an ETag is not a timestamp
  @Timestamp() updatedAt?: ETag;
}

// ── properties that the store sets are not offered ─────────────────────────────────────────────
declare const documents: Repository<Document>;
declare const query: Query<Document>;
const key = { folder: 'f', at: new Date() };

assertType<Equal<DataKey<Document>, 'folder' | 'at' | 'title' | 'anything' | 'object' | 'loose'>>();
assertType<Equal<keyof PatchOf<Document>, 'title' | 'anything' | 'object' | 'loose'>>();
assertType<Equal<DataKey<Plain>, 'folder' | 'name' | 'etag' | 'updatedAt'>>();
// @ts-expect-error a filter cannot use an ETag
query.where('etag', 'eq', 'x');
// @ts-expect-error a filter cannot use an ETag
query.where((d) => d.etag.eq('x'));
// @ts-expect-error a filter cannot use a timestamp
query.where((d) => d.updatedAt.gt(new Date()));
// @ts-expect-error a filter cannot use a timestamp
query.where('updatedAt', 'isPresent');
// @ts-expect-error an ETag cannot be selected
query.select('etag');
// @ts-expect-error a timestamp cannot be selected
query.select('title', 'updatedAt');
// @ts-expect-error a query cannot sort by a timestamp
query.orderBy('updatedAt');
// @ts-expect-error a patch cannot set an ETag
void documents.merge(key, { etag: 'x' });
// @ts-expect-error a patch cannot set a timestamp
void documents.merge(key, { updatedAt: new Date() });
// @ts-expect-error a method is not stored
query.select('publish');

class Described {
  folder!: PartitionKey;
  name!: RowKey;
  etag?: ETag;
  updatedAt?: Timestamp;
}
defineEntity(Described, {
  table: 'Described',
  properties: { folder: 'PartitionKey', name: 'RowKey', etag: 'ETag', updatedAt: 'Timestamp' },
});

class Task {
  list!: PartitionKey;
  id!: RowKey;
  status!: Defaulted<'open' | 'done'>;
  urgent!: Defaulted<boolean>;
  hours!: Defaulted<number>;
}
declare const tasks: Query<Task>;
declare const texts: readonly string[];
tasks.where({ status: 'open', urgent: true }).where('status', 'in', texts).where('hours', 'between', [1, 5]);
tasks.where((t) => t.status.in(['open']).and(t.urgent.eq(false), t.hours.gt(5)));
assertType<Equal<Parameters<PropertyRefs<Task>['status']['eq']>, [value: 'open' | 'done']>>();
assertType<Equal<Parameters<PropertyRefs<Task>['urgent']['eq']>, [value: boolean]>>();
// @ts-expect-error the union has no such literal
tasks.where('status', 'in', ['open', 'lost']);
// @ts-expect-error booleans have no order
tasks.where('urgent', 'gt', false);

// ── marked types accept plain values and other marked types ────────────────────────────────────
class Revision {
  document!: PartitionKey;
  at!: PartitionKey<Date>;
  number!: RowKey;
  previous?: RowKey;
}
export function reviseOf(parent: Document & { readonly id: RowKey }, child: Revision): KeyOf<Revision> {
  child.document = parent.id;
  child.document = parent.folder;
  child.at = parent.at;
  parent.at = child.at;
  child.number = child.document;
  child.previous = child.number;
  child.document = 'plain';
  child.at = new Date();
  parent.etag = 'W/"1"';
  parent.updatedAt = new Date();
  const text: string | undefined = parent.etag;
  const time: number | undefined = parent.updatedAt.getTime();
  // @ts-expect-error a date is not a text
  child.document = parent.at;
  // @ts-expect-error a text is not a date
  child.at = parent.id;
  // @ts-expect-error a text is not a date
  parent.updatedAt = text;
  return { document: parent.id, at: parent.at, number: `${text} ${time}` };
}
