import type { EntityMapper, Kept } from '../mapping/entity-mapper.js';
import type { PreparedWrite, WriteReceipt } from '../store/table-store.js';
import type { ReadyWrite } from './batch.js';
import { inWordsOf } from './row-error.js';

/** A write of one class, and what the store's answer makes of its entity. */
export class EntityWrite<T extends object> implements ReadyWrite {
  readonly #mapper: EntityMapper<T>;
  readonly write: PreparedWrite;
  readonly #entity: object | undefined;
  readonly #kept: Kept | undefined;

  /**
   * @param entity What is written, where it is an entity and no key.
   * @param kept What the write leaves as it is, of an entity.
   */
  constructor(mapper: EntityMapper<T>, write: PreparedWrite, entity: object | undefined, kept?: Kept) {
    this.#mapper = mapper;
    this.write = write;
    this.#entity = entity;
    this.#kept = kept;
  }

  get table(): string {
    return this.#mapper.table;
  }

  /** Tells the entity that it was written. */
  written(receipt: WriteReceipt): void {
    if (this.#entity === undefined) return;
    if (this.write.mode === 'delete') this.#mapper.deleted(this.#entity);
    else this.#mapper.written(this.#entity, this.write, receipt, this.#kept);
  }

  /** A refusal of it, in the words of its class. */
  refused(error: unknown): unknown {
    return inWordsOf(this.#mapper, this.write, error);
  }
}
