import type { BeginOperation } from '../observability/observer.js';
import type { OperationName } from '../observability/events.js';
import type { ServiceAdministration } from '../store/service-administration.js';
import type { RowShape } from '../store/row.js';
import type {
  OperationOptions,
  PreparedWrite,
  RowPage,
  Rows,
  StoreTraits,
  TableStore,
  WriteReceipt,
} from '../store/table-store.js';
import { changeTable } from './change-table.js';
import { remedyForCreation } from './classify.js';
import { InFlight } from './in-flight.js';
import type { KeptWrite, Settling } from './kept-write.js';
import { observed } from './observed.js';
import { resilientService } from './resilient-service.js';
import { ResilientRows } from './resilient-rows.js';
import { NO_RETRIES, type RetryPolicy } from './retry-settings.js';
import { Rivals } from './rivals.js';
import { submit } from './submit.js';
import { Tries } from './tries.js';

/** How long closing waits for what is under way, where nothing else is said. */
const CLOSE_TIMEOUT = 30_000;

/**
 * A store whose operations are tried again when they failed on their way, in the same way whichever the store is. A write that may
 * have been carried out although its answer was lost is read back before anything is said about it.
 */
export class ResilientStore implements TableStore {
  readonly #store: TableStore;
  readonly #policy: RetryPolicy;
  readonly #begin: BeginOperation;
  readonly #inFlight = new InFlight();
  readonly #rivals = new Rivals();
  readonly #settling: Settling;

  constructor(store: TableStore, policy: RetryPolicy, begin: BeginOperation) {
    this.#store = store;
    this.#policy = policy;
    this.#begin = begin;
    // Who makes each request once has not asked for reports alone: a commit that is called again settles.
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
      const receipts = await submit(submission, writes as readonly KeptWrite[], running);
      operation.count(receipts.length);
      return receipts;
    });
  }

  createTable(table: string, options?: OperationOptions): Promise<boolean> {
    return this.#run('create-table', table, options, (operation, running) =>
      changeTable(table, new Tries(this.#policy, operation, running, remedyForCreation), (left) =>
        this.#store.createTable(table, left),
      ),
    );
  }

  deleteTable(table: string, options?: OperationOptions): Promise<boolean> {
    return this.#run('delete-table', table, options, (operation, running) =>
      changeTable(table, new Tries(this.#policy, operation, running), (left) => this.#store.deleteTable(table, left)),
    );
  }

  tables(
    request?: { readonly prefix?: string; readonly continuation?: string },
    options?: OperationOptions,
  ): Promise<RowPage<string>> {
    return this.#run('list-tables', undefined, options, async (operation, running) => {
      const tries = new Tries(this.#policy, operation, running);
      const page = await tries.repeat(() => this.#store.tables(request, tries.options));
      operation.count(page.rows.length);
      return page;
    });
  }

  get ready(): TableStore['ready'] {
    return this.#store.ready?.bind(this.#store);
  }

  /** Never tried again: a copy may take any time. */
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

  /** Takes nothing more, waits for what is under way or stops it after `timeout` milliseconds, and closes the store. */
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
      observed(this.#begin(name, table), (operation) => work(operation, running)),
    );
  }
}
