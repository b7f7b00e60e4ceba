import type { BeginOperation } from '../observability/observer.js';
import type { OperationName } from '../observability/events.js';
import type { ServiceAdministration } from '../store/service-administration.js';
import type { RowShape } from '../store/row.js';
import type { PreparedWrite, RowPage, Rows, StoreTraits, TableStore, WriteReceipt } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { remedyForCreation, isWronglyAnswered, remedyFor } from './classify.js';
import { InFlight } from './in-flight.js';
import { ResilientRows, type RecoverableWrite, type Settling } from './resilient-rows.js';
import { runOperation, type Operation } from '../observability/operation.js';
import { NO_RETRIES, type RetryPolicy } from './retry-settings.js';
import { ConcurrentWrites } from './concurrent-writes.js';
import { submit } from './submit-with-retries.js';
import { Attempts } from './attempts.js';
import { EntitableError } from '../errors/entitable-error.js';

/** Default time that `close` waits for running operations, in milliseconds. */
const CLOSE_TIMEOUT = 30_000;

/**
 * Wraps any store so that failed operations are retried. A write that may have been carried out although its response
 * was lost is read back before its outcome is reported.
 */
export class ResilientStore implements TableStore {
  readonly #store: TableStore;
  readonly #policy: RetryPolicy;
  readonly #begin: BeginOperation;
  readonly #inFlight = new InFlight();
  readonly #rivals = new ConcurrentWrites();
  readonly #settling: Settling;

  constructor(store: TableStore, policy: RetryPolicy, begin: BeginOperation) {
    this.#store = store;
    this.#policy = policy;
    this.#begin = begin;
    // With `NO_RETRIES`, `lostAnswers` is 'report' although the user did not choose it. A commit that is called again
    // then still determines the outcome from the rows.
    const trustsContent = policy === NO_RETRIES || policy.lostAnswers === 'settle';
    this.#settling = { rivals: this.#rivals, trustsContent };
  }

  get traits(): StoreTraits {
    return this.#store.traits;
  }

  get service(): ServiceAdministration | undefined {
    const { service } = this.#store;
    return service && resilientService(service, this.#policy, this.#run.bind(this));
  }

  rows(table: string, shape: RowShape): Rows {
    const settling = this.#settling;
    const surroundings = { policy: this.#policy, inFlight: this.#inFlight, begin: this.#begin, settling };
    return new ResilientRows(this.#store.rows(table, shape), table, shape, surroundings);
  }

  submit(
    table: string,
    writes: readonly PreparedWrite[],
    options?: OperationOptions,
  ): Promise<readonly WriteReceipt[]> {
    const name = writes.length === 1 ? writes[0]!.mode : 'transaction';
    return this.#run(name, table, options, async (operation, running) => {
      const submission = { store: this.#store, table, policy: this.#policy, operation, rivals: this.#rivals };
      const receipts = await submit(submission, writes as readonly RecoverableWrite[], running);
      operation.count(receipts.length);
      return receipts;
    });
  }

  createTable(table: string, options?: OperationOptions): Promise<boolean> {
    return this.#run('create-table', table, options, (operation, running) =>
      changeTable(table, new Attempts(this.#policy, operation, running, remedyForCreation), (left) =>
        this.#store.createTable(table, left),
      ),
    );
  }

  deleteTable(table: string, options?: OperationOptions): Promise<boolean> {
    return this.#run('delete-table', table, options, (operation, running) =>
      changeTable(table, new Attempts(this.#policy, operation, running), (left) =>
        this.#store.deleteTable(table, left),
      ),
    );
  }

  tables(
    request?: { readonly prefix?: string; readonly continuation?: string },
    options?: OperationOptions,
  ): Promise<RowPage<string>> {
    return this.#run('list-tables', undefined, options, async (operation, running) => {
      const tries = new Attempts(this.#policy, operation, running);
      const page = await tries.repeat(() => this.#store.tables(request, tries.options));
      operation.count(page.rows.length);
      return page;
    });
  }

  get ready(): TableStore['ready'] {
    return this.#store.ready?.bind(this.#store);
  }

  /** The backup of the underlying store, if it has one. It is never retried, because it may take any amount of time. */
  get backup(): TableStore['backup'] {
    const { backup } = this.#store;
    return (
      backup &&
      ((path, options) =>
        this.#run('backup', undefined, options, (operation, running) =>
          operation.request(() => backup.call(this.#store, path, running)),
        ))
    );
  }

  /**
   * Refuses new operations, waits for the running ones, aborts those that still run after `timeout` milliseconds, and
   * closes the store.
   */
  async close({ timeout = CLOSE_TIMEOUT }: { readonly timeout?: number | undefined } = {}): Promise<void> {
    await this.#inFlight.close(timeout);
    await this.#store[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run<T>(
    name: OperationName,
    table: string | undefined,
    options: OperationOptions | undefined,
    work: (operation: ReturnType<BeginOperation>, options: OperationOptions) => Promise<T>,
  ): Promise<T> {
    return this.#inFlight.run(options, (running) =>
      runOperation(this.#begin(name, table), (operation) => work(operation, running)),
    );
  }
}

/**
 * Creates or deletes a table. Resolves to `true` if this operation made the change. After an attempt whose response was
 * lost, this operation counts as the one that made it, because a retry that finds the table already created or deleted
 * cannot tell who did that.
 */
async function changeTable(
  table: string,
  tries: Attempts,
  change: (options: OperationOptions) => Promise<boolean>,
): Promise<boolean> {
  let doubtful = false;
  let isLost = false; // true after an ambiguous failure, unless a different server had responded
  try {
    const changed = await tries.repeat(async () => {
      try {
        return await change(tries.options);
      } catch (error) {
        if (remedyFor(error) === 'ambiguous') {
          doubtful = true;
          isLost ||= !isWronglyAnswered(error);
        }
        throw error;
      }
    });
    return changed || doubtful;
  } catch (error) {
    if (!isLost || EntitableError.is(error, 'store.outcome-unknown')) throw error;
    throw new EntitableError(
      'store.outcome-unknown',
      `The table "${table}" may or may not have been made or deleted: an answer was lost, and later tries failed. List the tables.`,
      { table, found: 'unread' },
      { cause: error },
    );
  }
}

/** Runs and observes an operation of a store, and makes `close` wait for it. */
type Run = <T>(
  name: OperationName,
  table: string | undefined,
  options: OperationOptions | undefined,
  work: (operation: Operation, options: OperationOptions) => Promise<T>,
) => Promise<T>;

/**
 * Wraps the administration of a service so that failed requests are retried. Each of these requests has the same effect
 * when sent twice.
 */
function resilientService(service: ServiceAdministration, policy: RetryPolicy, run: Run): ServiceAdministration {
  const repeated = <T>(
    name: OperationName,
    table: string | undefined,
    options: OperationOptions | undefined,
    send: (options: OperationOptions) => Promise<T>,
  ): Promise<T> =>
    run(name, table, options, (operation, running) => {
      const tries = new Attempts(policy, operation, running);
      return tries.repeat(() => send(tries.options));
    });

  return {
    getAccessPolicies: (table, options) =>
      repeated('get-access-policies', table, options, (left) => service.getAccessPolicies(table, left)),
    setAccessPolicies: (table, policies, options) =>
      repeated('set-access-policies', table, options, (left) => service.setAccessPolicies(table, policies, left)),
    generateTableSas: (table, options) => service.generateTableSas(table, options),
    generateAccountSas: (options) => service.generateAccountSas(options),
    getServiceProperties: (options) =>
      repeated('get-service-properties', undefined, options, (left) => service.getServiceProperties(left)),
    setServiceProperties: (properties, options) =>
      repeated('set-service-properties', undefined, options, (left) => service.setServiceProperties(properties, left)),
    getStatistics: (options) => repeated('get-statistics', undefined, options, (left) => service.getStatistics(left)),
  };
}
