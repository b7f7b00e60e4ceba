import { retryWithBackoff } from '../../async/backoff.js';
import { Deadline } from '../../async/deadline.js';
import { mapConcurrently } from '../../async/map-concurrently.js';
import type { Entry, EntryMaker } from '../../indexes/index-entry.js';
import type { OperationOptions } from '../../options/operation-options.js';
import { DigestTable } from './digest-table.js';
import { digested, type IndexedClass, type ReadEntity, type ReadEntry } from './indexed-class.js';

/** An entity whose entry in an index is missing, or is stale, i.e. holds other values than the entity. */
export interface Gap {
  readonly problem: 'missing' | 'stale';
  readonly maker: EntryMaker;
  readonly entity: ReadEntity;
  readonly entry: Entry;
}

/** Number of rows that are read at the same time to confirm findings. */
const CONCURRENCY = 16;
/** Maximum number of attempts to read an entity and its entry without a change by another writer in between. */
const ATTEMPTS = 21;

/**
 * Compares the entities of a class with the entries of its indexes, while other programs may write them. It reads the
 * entities, then the entries and, if entries seem to be wrong, the entities again. Call `readEntities`, `staleEntries`
 * and `gaps` in this order. Without `readEntities`, `staleEntries` checks each entry by a read of its entity.
 */
export class IndexComparison {
  /** Number of entities read so far. */
  entities = 0;
  /** Number of entries read so far. */
  entries = 0;
  readonly #indexed: IndexedClass;
  readonly #options: OperationOptions;
  readonly #onPage: () => void;
  readonly #digests = new DigestTable();

  /** @param onPage - Called after each page of rows. */
  constructor(indexed: IndexedClass, { signal, timeout }: OperationOptions, onPage: () => void) {
    this.#indexed = indexed;
    this.#options = { signal, timeout };
    this.#onPage = onPage;
  }

  /**
   * Reads the entities, and keeps digests of the entries that they must have. Yields the entities that cannot have an
   * entry although they have the values for one.
   */
  async *readEntities(): AsyncGenerator<ReadEntity, void, undefined> {
    for await (const { rows } of this.#indexed.entities(this.#options)) {
      for (const entity of rows) {
        if (entity === undefined) continue;
        this.entities++;
        for (const [maker, entry] of entity.entries) {
          this.#digests.add(digested(maker, entry, entity, entry.values), entity.etag);
        }
        if (entity.refusals.length > 0) yield entity;
      }
      this.#onPage();
    }
  }

  /**
   * Reads the entries. Yields, page by page, those whose entity is gone or has other values now. Each of them is
   * confirmed by a read of its entity, made after the read of the entry.
   */
  async *staleEntries(): AsyncGenerator<readonly ReadEntry[], void, undefined> {
    for (const maker of this.#indexed.makers) {
      for await (const page of this.#indexed.entries(maker, this.#options)) {
        const strangers = page.filter((entry) => !this.#isExpected(entry));
        yield await this.#confirmed(strangers, (entry) => this.#withoutEntity(entry));
        this.entries += page.length;
        this.#onPage();
      }
    }
  }

  /** Returns whether an entry that was found stale is still stored, and has not been written since. */
  async isStored({ maker, etag, partitionKey, rowKey }: ReadEntry): Promise<boolean> {
    const found = await this.#indexed.entryAt(maker, { partitionKey, rowKey }, this.#options);
    return found?.etag === etag;
  }

  /**
   * Reads the entities again, unless the right entry was read for each of them. Yields, page by page, the entries that
   * are missing or hold other values than their entities, once it is certain that no write in progress explains this.
   */
  async *gaps(): AsyncGenerator<readonly Gap[], void, undefined> {
    if (this.#digests.isComplete()) return;
    for await (const { rows } of this.#indexed.entities(this.#options)) {
      const seeming = rows.flatMap((entity) => (entity === undefined ? [] : this.#seemingGaps(entity)));
      yield await this.#confirmed(seeming, ({ gap, isSure }) => (isSure ? Promise.resolve(gap) : this.gapOf(gap)));
      this.#onPage();
    }
  }

  /**
   * Reads an entity and its entry as they are now, and returns the problem of the entry; `undefined` if there is none.
   * A problem is confirmed by a second read of the entity. If its ETag has changed, all reads are repeated, because the
   * entry may belong to other values than those that were compared.
   */
  gapOf({ maker, entity: address }: Pick<Gap, 'maker' | 'entity'>): Promise<Gap | undefined> {
    const deadline = new Deadline({ signal: this.#options.signal });
    const attempt = async (): Promise<Gap | undefined> => {
      const entity = await this.#indexed.entityAt(address, this.#options);
      const entry = entity?.entries.get(maker);
      if (entity === undefined || entry === undefined) return undefined;
      const found = await this.#indexed.entryAt(maker, entry, this.#options);
      const problem = problemOf(maker, entry, entity, found);
      if (problem === undefined || (problem === 'stale' && this.#isPending(found!))) return undefined;
      const after = await this.#indexed.entityAt(address, this.#options);
      if (after?.etag !== entity.etag) throw new Moved();
      return { problem, maker, entity, entry };
    };
    return retryWithBackoff(attempt, {
      attempts: ATTEMPTS,
      when: (error) => error instanceof Moved,
      wait: (milliseconds) => deadline.pause(milliseconds),
    });
  }

  #isExpected({ maker, entity, values, ...address }: ReadEntry): boolean {
    if (entity === undefined) return false;
    const { place, content } = digested(maker, address, entity, values ?? {});
    return this.#digests.record({ place, content: values === undefined ? 'unreadable' : content });
  }

  async #withoutEntity(entry: ReadEntry): Promise<ReadEntry | undefined> {
    const { maker, entity: address, rowKey, partitionKey } = entry;
    if (this.#isPending(entry)) return undefined;
    const entity = address && (await this.#indexed.entityAt(address, this.#options));
    const own = entity?.entries.get(maker);
    return own?.rowKey === rowKey && own.partitionKey === partitionKey ? undefined : entry;
  }

  /**
   * Returns whether an entry may belong to an entity whose write is still under way. In an index with partitions of its
   * own, the entry is written first, and counts as pending until it is older than `grace`.
   */
  #isPending({ maker, writtenAt }: ReadEntry): boolean {
    const { partition, grace } = maker.index;
    const now = this.#indexed.mapper.queries.clock ?? Date.now;
    return partition !== undefined && now() - writtenAt < grace;
  }

  #seemingGaps(entity: ReadEntity): readonly { readonly gap: Gap; readonly isSure: boolean }[] {
    return Array.from(entity.entries, ([maker, entry]) => {
      const { place } = digested(maker, entry, entity, entry.values);
      const state = this.#digests.stateOf(place);
      if (state === undefined || state === 'right') return undefined;
      const problem = state === 'absent' ? ('missing' as const) : ('stale' as const);
      // A missing entry is certain if the entity did not change while the entries were read.
      const isSure = state === 'absent' && this.#digests.hadEtag(place, entity.etag);
      return { gap: { problem, maker, entity, entry }, isSure };
    }).filter((gap) => gap !== undefined);
  }

  async #confirmed<S, R>(seeming: readonly S[], confirm: (item: S) => Promise<R | undefined>): Promise<readonly R[]> {
    if (seeming.length === 0) return [];
    const found = await mapConcurrently(seeming, CONCURRENCY, confirm, this.#options.signal);
    return found.filter((item) => item !== undefined);
  }
}

/** Thrown when a writer changed an entity between two reads of it. */
class Moved extends Error {}

function problemOf(
  maker: EntryMaker,
  entry: Entry,
  entity: ReadEntity,
  found: ReadEntry | undefined,
): Gap['problem'] | undefined {
  if (found?.entity?.rowKey !== entity.rowKey || found.entity.partitionKey !== entity.partitionKey) return 'missing';
  if (found.values === undefined) return 'stale';
  const { partitionKey, rowKey, values } = entry;
  const own = Object.fromEntries(Object.entries(values).filter(([name]) => !maker.index.project.includes(name)));
  const stored: Entry = { partitionKey, rowKey, values: { ...own, ...found.values } };
  return maker.areSame(stored, entry) ? undefined : 'stale';
}
