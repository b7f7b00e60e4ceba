import { EntitableError } from '../../src/errors/entitable-error.js';
import type { Repository } from '../../src/repository/repository.js';
import type { Rows, TableStore } from '../../src/store/table-store.js';
import { textOf, Item, type Content } from './fault-items.js';
import { below, pick, type Random } from '../support/seeded.js';

/** State that all workers of a run share. */
export interface Run {
  readonly items: Repository<Item>;
  readonly store: TableStore;
  readonly table: string;
  /** Rows with the slots writer and count. */
  readonly rows: Rows;
  readonly random: Random;
  readonly violations: string[];
  readonly timeout: number;
  /** Number of results by operation and outcome. */
  readonly outcomes: Record<string, Record<string, number>>;
}

/** A row that only one worker writes, with its content. */
interface Known {
  content: Content | undefined;
  etag?: string | undefined;
  stale?: string | undefined;
}

/** An operation with its expected result. */
interface Step {
  /** The content of the rows after the operation. */
  readonly after: ReadonlyMap<string, Content | undefined>;
  /** The only rejection that is allowed; `undefined` if none is. */
  readonly refusal?: 'store.already-exists' | 'store.not-found' | 'store.precondition-failed' | undefined;
  readonly send: () => Promise<ReadonlyMap<string, string | undefined>>;
}

const ROWS = 8;

const OPERATIONS = {
  insert: 5,
  merge: 4,
  'merge under ETag': 4,
  replace: 4,
  'upsert-merge': 4,
  'upsert-replace': 4,
  'save that removes': 2,
  modify: 2,
  delete: 3,
  'delete under ETag': 2,
  transaction: 5,
  get: 4,
  getMany: 1,
  query: 2,
  tables: 1,
} as const;

type OperationName = keyof typeof OPERATIONS;
type WriteName = Exclude<OperationName, 'get' | 'getMany' | 'query' | 'tables'>;

/** Runs operations on its own rows one after another, and knows their expected content at any time. */
export class Worker {
  readonly #run: Run;
  readonly owner: string;
  readonly #rows = new Map<string, Known>();
  /** Rows with several possible contents after an operation of unknown outcome. */
  readonly doubtful = new Map<string, readonly (Content | undefined)[]>();
  #named = 0;
  #written = 0;

  constructor(run: Run, owner: string) {
    this.#run = run;
    this.owner = owner;
    while (this.#rows.size < ROWS) this.#newRow();
  }

  /** Rows whose content is certain. */
  get certain(): readonly (readonly [name: string, content: Content | undefined])[] {
    return Array.from(this.#rows, ([name, { content }]) => [name, content] as const);
  }

  async step(): Promise<void> {
    const { random, outcomes, violations, timeout } = this.#run;
    const operation = pick(random, OPERATIONS);
    const started = performance.now();
    let outcome: string;
    try {
      outcome = await this.#do(operation);
    } catch (error) {
      outcome = EntitableError.is(error) ? error.code : String(error);
      if (!TRANSIENT.has(outcome)) violations.push(`${this.owner}: ${operation} failed with ${outcome}`);
    }
    const took = performance.now() - started;
    if (took > timeout * 3 + 1500) violations.push(`${this.owner}: ${operation} took ${Math.round(took)} ms`);
    const row = (outcomes[operation] ??= {});
    row[outcome] = (row[outcome] ?? 0) + 1;
  }

  #do(operation: OperationName): Promise<string> {
    switch (operation) {
      case 'get':
      case 'getMany':
      case 'query':
        return this.#read(operation);
      case 'tables':
        return this.#tables();
      default:
        return this.#write(operation);
    }
  }

  /** Creates a table, finds it in the list, and deletes it. */
  async #tables(): Promise<string> {
    const { store, table: items, violations, timeout } = this.#run;
    const table = `${items}${this.owner}T${++this.#written}`;
    const lists = async (): Promise<boolean> =>
      (await store.tables({ prefix: table }, { timeout })).rows.includes(table);
    const answers = [
      await store.createTable(table, { timeout }),
      await lists(),
      await store.deleteTable(table, { timeout }),
      await lists(),
    ];
    if (answers.join() !== 'true,true,true,false') violations.push(`${this.owner}: tables answered ${answers.join()}`);
    return 'success';
  }

  async #write(operation: WriteName): Promise<string> {
    const { violations } = this.#run;
    const { after, refusal, send } = this.#plan(operation);
    const before = new Map(Array.from(after.keys(), (name) => [name, this.#rows.get(name)!.content]));
    const accept = (
      contents: ReadonlyMap<string, Content | undefined>,
      etags: ReadonlyMap<string, string | undefined>,
    ): void => {
      for (const [name, content] of contents) {
        const known = this.#rows.get(name)!;
        if (known.etag !== undefined) known.stale = known.etag;
        known.content = content;
        known.etag = content === undefined ? undefined : etags.get(name);
      }
    };
    try {
      const etags = await send();
      // After a lost answer, a delete of a missing row may succeed: nobody can tell whether the row was missing before.
      if (refusal !== undefined && !(refusal === 'store.not-found' && operation.startsWith('delete')))
        violations.push(`${this.owner}: ${operation} succeeded instead of ${refusal}`);
      accept(after, etags);
      return 'success';
    } catch (error) {
      if (!EntitableError.is(error)) throw error;
      if (error.code === refusal) return error.code;
      if (error.code === 'store.outcome-unknown') {
        for (const [name, content] of after) {
          this.doubtful.set(name, refusal === undefined ? [before.get(name), content] : [before.get(name)]);
          this.#rows.delete(name);
          this.#newRow();
        }
        return error.code;
      }
      throw error; // nothing was written, so the expected content stays the same
    }
  }

  async #read(operation: 'get' | 'getMany' | 'query'): Promise<string> {
    const { items, violations, timeout } = this.#run;
    const check = (name: string, found: Content | undefined): void => {
      const known = this.#rows.get(name);
      if (known !== undefined && textOf(found) !== textOf(known.content))
        violations.push(
          `${this.owner}/${name}: ${operation} found ${textOf(found)} instead of ${textOf(known.content)}`,
        );
    };
    if (operation === 'get') {
      const [name] = this.#row();
      check(name, await items.get({ owner: this.owner, name }, { timeout }));
    } else if (operation === 'getMany') {
      const names = [...this.#rows.keys()];
      const found = await items.getMany(
        names.map((name) => ({ owner: this.owner, name })),
        { timeout },
      );
      names.forEach((name, index) => check(name, found[index]));
    } else {
      const found = await items.query({ owner: this.owner }).pageSize(3).toArray({ timeout });
      const names = found.map(({ name }) => name);
      if (names.join() !== [...new Set(names)].toSorted().join())
        violations.push(`${this.owner}: query gave ${names.join()}`);
      for (const [name] of this.#rows)
        check(
          name,
          found.find((item) => item.name === name),
        );
    }
    return 'success';
  }

  #plan(operation: WriteName): Step {
    const { items, random, timeout } = this.#run;
    const [name, known] = this.#row();
    const key = { owner: this.owner, name };
    const whole: Content = { writer: this.#writer(), count: below(random, 9), note: 'whole' };
    const patch = { writer: this.#writer(), weight: random() };
    const merged = { ...known.content, ...patch };
    const missing = known.content === undefined ? 'store.not-found' : undefined;
    const stale = known.content !== undefined && known.stale !== undefined && random() < 0.3 ? known.stale : undefined;
    const conditional = missing ?? (stale === undefined ? undefined : 'store.precondition-failed');
    const etag = stale ?? known.etag ?? 'W/"datetime\'2020-01-01T00%3A00%3A00.0000000Z\'"';
    const item = (): Item => Object.assign(new Item(), key, whole);
    const one = (content: Content | undefined): Step['after'] => new Map([[name, content]]);
    const etagOf = async (
      written: Promise<{ readonly etag?: string | undefined } | boolean>,
    ): Promise<Map<string, string | undefined>> => {
      const result = await written;
      return new Map([[name, typeof result === 'boolean' ? undefined : result.etag]]);
    };
    switch (operation) {
      case 'insert':
        return {
          after: one(whole),
          refusal: known.content === undefined ? undefined : 'store.already-exists',
          send: () => etagOf(items.insert(item(), { timeout })),
        };
      case 'merge':
        return { after: one(merged), refusal: missing, send: () => etagOf(items.merge(key, patch, { timeout })) };
      case 'merge under ETag':
        return {
          after: one(merged),
          refusal: conditional,
          send: () => etagOf(items.merge(key, patch, { etag, timeout })),
        };
      case 'replace':
        return {
          after: one(whole),
          refusal: conditional,
          send: () => etagOf(items.replace(item(), { etag, timeout })),
        };
      case 'upsert-merge':
        return {
          after: one({ ...known.content, ...whole }),
          send: () => etagOf(items.upsert(item(), { mode: 'merge', timeout })),
        };
      case 'upsert-replace':
        return { after: one(whole), send: () => etagOf(items.upsert(item(), { mode: 'replace', timeout })) };
      case 'save that removes': {
        const patched = { writer: patch.writer };
        return {
          after: one({ ...known.content, ...patched, note: undefined }),
          refusal: missing,
          send: () => etagOf(items.merge(key, { ...patched, note: null }, { timeout })),
        };
      }
      case 'modify':
        return {
          after: one({ ...known.content, ...patch }),
          refusal: missing,
          send: () => etagOf(items.modify(key, (found) => Object.assign(found, patch), { timeout })),
        };
      case 'delete':
        return { after: one(undefined), refusal: missing, send: () => etagOf(items.delete(key, { timeout })) };
      case 'delete under ETag':
        return {
          after: one(undefined),
          refusal: conditional,
          send: () => etagOf(items.delete(key, { etag, timeout })),
        };
      case 'transaction':
        return this.#transaction();
      default:
        return operation satisfies never;
    }
  }

  /**
   * Inserts the missing rows, and merges or deletes some of the others with their ETags. One in five transactions must
   * fail and change nothing.
   */
  #transaction(): Step {
    const { store, table, rows, random, timeout } = this.#run;
    const fails = random() < 0.2;
    const after = new Map<string, Content | undefined>();
    const names = [...this.#rows.keys()].slice(0, 2 + below(random, 5));
    let refusal: Step['refusal'];
    const writes = names.map((name, index) => {
      const { content, etag } = this.#rows.get(name)!;
      const address = { partitionKey: this.owner, rowKey: name };
      const writer = this.#writer();
      const write = (slots: Parameters<NonNullable<Parameters<Rows['prepare']>[0]['write']>>[0]): void =>
        slots.string(0, writer);
      const last = fails && index === names.length - 1;
      if (content === undefined && last) {
        refusal = 'store.not-found';
        after.set(name, undefined);
        return rows.prepare({ mode: 'delete', ...address, ifMatch: '*' });
      }
      if (last) refusal = 'store.already-exists';
      if (content === undefined || last) {
        after.set(name, { writer });
        return rows.prepare({ mode: 'insert', ...address, write });
      }
      if (random() < 0.3) {
        after.set(name, undefined);
        return rows.prepare({ mode: 'delete', ...address, ifMatch: etag ?? '*' });
      }
      after.set(name, { ...content, writer });
      return rows.prepare({ mode: 'merge', ...address, ifMatch: etag ?? '*', write });
    });
    return {
      after,
      refusal,
      send: async () => {
        const receipts = await store.submit(table, writes, { timeout });
        return new Map(names.map((name, index) => [name, receipts[index]?.etag]));
      },
    };
  }

  #row(): [string, Known] {
    const rows = [...this.#rows];
    return rows[below(this.#run.random, rows.length)]!;
  }

  #newRow(): void {
    this.#rows.set(`r${String(this.#named++).padStart(4, '0')}`, { content: undefined });
  }

  #writer(): string {
    return `${this.owner}.${++this.#written}`;
  }
}

/** Errors that an operation may fail with if the network never lets it through. Nothing was written then. */
const TRANSIENT = new Set(['store.unavailable', 'store.throttled', 'store.timeout', 'store.outcome-unknown']);
