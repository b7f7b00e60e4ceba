import { EntitableError } from '../errors/entitable-error.js';
import type { OperationOptions, TableStore, WriteReceipt } from '../store/table-store.js';
import type { TableWrite } from './batch.js';
import type { Concurrency } from './concurrency.js';
import { jitteredWait } from './jittered-wait.js';

const TRIES = 8;
const WAITS = Object.freeze({ first: 100, longest: 10_000 });

interface Patience {
  readonly store: TableStore;
  readonly operation: OperationOptions;
  readonly concurrency: Concurrency;
  readonly stopped: () => boolean;
}

/** Submits writes, and does so again when the store says that it is busy: then nothing was written. */
export async function submitPatiently(
  table: string,
  writes: readonly TableWrite[],
  { store, operation, concurrency, stopped }: Patience,
): Promise<readonly WriteReceipt[]> {
  const prepared = writes.map(({ write }) => write);
  for (let attempt = 1; ; attempt++) {
    const begin = performance.now();
    try {
      const receipts = await store.submit(table, prepared, operation);
      concurrency.answered(performance.now() - begin);
      return receipts;
    } catch (error) {
      const isBusy = EntitableError.is(error, 'store.throttled') || EntitableError.is(error, 'store.unavailable');
      if (isBusy) concurrency.refused();
      if (!isBusy || !concurrency.patient || attempt === TRIES || stopped()) throw error;
    }
    await jitteredWait(attempt, WAITS, operation.signal);
  }
}
