import { setTimeout } from 'node:timers/promises';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { PreparedWrite, TableStore } from '../../src/store/table-store.js';
import { wrapStore } from '../../src/store/wrap-store.js';

/**
 * The fate of a transaction: written, refused as a whole, lost on the way to the store, written with its answer lost, or
 * carried out some milliseconds after it was reported as lost.
 */
export type Fault = 'none' | 'unavailable' | 'lost-before' | 'lost-after' | 'late';

/** A real store behind a connection that fails on request. */
export interface FaultyStore {
  readonly store: TableStore;
  /** Fates of the next transactions, one by one; all later ones are written. */
  readonly faults: Fault[];
  /** The transactions that are still to be carried out, although they were reported as lost. */
  readonly late: Set<Promise<unknown>>;
  /** The modes of the writes of each transaction that reached the store. */
  readonly submitted: string[][];
  /** Number of transactions that the store has carried out. */
  carriedOut: number;
  /** Every attempted transaction with its fate. */
  readonly attempts: { readonly fault: Fault; readonly writes: readonly PreparedWrite[] }[];
  /** Runs before every transaction that reaches the store. */
  beforeSubmit: (writes: readonly PreparedWrite[]) => void | Promise<void>;
  /** Runs after every transaction that the store has carried out, before its answer is returned. */
  afterSubmit: (writes: readonly PreparedWrite[]) => void | Promise<void>;
}

export function faultyStore(store: TableStore): FaultyStore {
  const faulty: FaultyStore = {
    faults: [],
    late: new Set(),
    submitted: [],
    attempts: [],
    carriedOut: 0,
    beforeSubmit: () => undefined,
    afterSubmit: () => undefined,
    store: wrapStore(store, {
      async submit(table, writes, options) {
        const fault = faulty.faults.shift() ?? 'none';
        faulty.attempts.push({ fault, writes });
        if (fault === 'unavailable') throw new EntitableError('store.unavailable', 'The line is down.', { table });
        if (fault === 'lost-before') throw lost(table);
        if (fault === 'late') {
          const carriedOut: Promise<unknown> = setTimeout(LATE)
            .then(() => store.submit(table, writes))
            .catch(() => undefined) // nobody waits for the answer
            .finally(() => faulty.late.delete(carriedOut));
          faulty.late.add(carriedOut);
          throw lost(table);
        }
        await faulty.beforeSubmit(writes);
        faulty.submitted.push(writes.map(({ mode }) => mode));
        const receipts = await store.submit(table, writes, options);
        faulty.carriedOut++;
        await faulty.afterSubmit(writes);
        if (fault === 'lost-after') throw lost(table);
        return receipts;
      },
    }),
  };
  return faulty;
}

/** Milliseconds after which a late transaction is carried out. */
const LATE = 4;

function lost(table: string): EntitableError {
  return new EntitableError('store.outcome-unknown', 'The answer was lost.', { table });
}
