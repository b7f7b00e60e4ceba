import { setImmediate } from 'node:timers/promises';
import { EntitableError } from '../../src/index.js';
import { EntityMapper } from '../../src/mapping/entity-mapper.js';
import type { EntityClass } from '../../src/metadata/key-types.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { DirectEntitySession } from '../../src/repository/direct-entity-session.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowReader, type RowShape } from '../../src/store/row.js';
import type { Rows, TableStore } from '../../src/store/table-store.js';
import { wrapRows, wrapStore } from '../../src/store/wrap-store.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { fixedClock } from '../../src/testing/fixed-clock.js';
import { noValidation } from '../../src/validation/entity-validator.js';
import { below, seeded } from '../support/seeded.js';

/** One of the writers of a scenario. */
export interface Writer<T extends object> {
  readonly name: string;
  run(repository: DirectEntitySession<T>): Promise<unknown>;
}

/** Writers of a class that run at the same time, and what must hold in every state that they can reach. */
export interface Scenario<T extends object> {
  readonly entityClass: EntityClass<T>;
  /** The names of the table of the class, and of that of its index. */
  readonly tables: readonly [string, string];
  prepare(repository: DirectEntitySession<T>): Promise<unknown>;
  readonly writers: readonly Writer<T>[];
  /** Returns the problem of a state, `undefined` if it is right. Rows are `[partition key, row key, ...values]`. */
  problem(rows: readonly Row[], entries: readonly Row[]): string | undefined;
  /** The most times that the grace period passes; 0 by default. Requests that were sent before are then refused. */
  readonly passes?: number;
  /** The most answers that are lost and requests that fail; 0 by default. */
  readonly faults?: number;
  /** True if a writer may pause between the execution of its request and the answer. */
  readonly pauses?: boolean;
}

/** One stored row: its keys and values, and whether it was written before the grace period. */
export interface Row {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly values: readonly (string | undefined)[];
}

/** The result of an exploration. */
export interface Explored {
  readonly states: number;
  /** The steps to the first state with a problem, and the problem. */
  readonly problem?: readonly string[];
  /** The most entries that say too much when all writers have ended. */
  readonly surplus: number;
}

const GRACE = 15 * 60_000 + 1;

/** A request that a writer has sent, and that waits until the scheduler carries it out. */
interface Held {
  readonly text: string;
  /** Set once it is carried out, if the answer waits for a step of its own. */
  answer?: Answer;
  send(): Promise<Answer>;
  settle(answer: Answer): void;
}

type Answer = { readonly text: string; readonly value?: unknown; readonly error?: Error };

interface WriterState {
  state: 'running' | 'ended' | 'dead';
  readonly held: Held[];
  /** Its requests and their answers: what it does next depends on nothing else. */
  readonly trace: string[];
}

/** One run of a scenario, whose steps are chosen one by one. */
class Run<T extends object> {
  readonly #scenario: Scenario<T>;
  readonly #clock = fixedClock();
  readonly #memory: TableStore;
  readonly #writers: readonly WriterState[];
  #passes: number;
  #faults: number;
  #stale = 0;

  private constructor(scenario: Scenario<T>) {
    this.#scenario = scenario;
    this.#memory = memoryStore({ clock: this.#clock.now });
    this.#writers = scenario.writers.map(() => ({ state: 'running', held: [], trace: [] }));
    this.#passes = scenario.passes ?? 0;
    this.#faults = scenario.faults ?? 0;
  }

  static async begin<T extends object>(scenario: Scenario<T>): Promise<Run<T>> {
    const run = new Run(scenario);
    for (const table of scenario.tables) await run.#memory.createTable(table);
    await scenario.prepare(run.#session(run.#memory));
    scenario.writers.forEach(({ run: work }, at) => {
      const writer = run.#writers[at]!;
      const end = (): void => {
        if (writer.state === 'running') writer.state = 'ended';
      };
      work(run.#session(run.#gated(writer))).then(end, (error: unknown) => {
        if (!EntitableError.is(error)) throw error;
        end();
      });
    });
    await run.#settle();
    return run;
  }

  /** True if something that says too much was told to the logger. */
  get hasTold(): boolean {
    return this.#stale > 0;
  }

  get hasDead(): boolean {
    return this.#writers.some(({ state }) => state === 'dead');
  }

  /** Returns the steps that are possible now. */
  steps(): readonly string[] {
    const steps = this.#writers.flatMap(({ state, held }, at) => {
      if (state !== 'running') return [];
      const own = held.flatMap(({ answer }, index) => [
        answer === undefined ? `${at} sends ${index}` : `${at} hears ${index}`,
        ...(this.#faults > 0 && answer === undefined ? [`${at} loses ${index}`, `${at} fails ${index}`] : []),
      ]);
      return [...own, `${at} dies`];
    });
    return this.#passes > 0 && steps.length > 0 ? [...steps, 'time passes'] : steps;
  }

  async take(step: string): Promise<void> {
    if (step === 'time passes') {
      this.#passes--;
      this.#clock.advance(GRACE);
      // The service refuses a request that was sent so long ago.
      for (const writer of this.#writers) {
        for (const held of writer.held.filter(({ answer }) => answer === undefined)) {
          this.#answer(writer, held, failed('store.timeout'));
        }
      }
      return this.#settle();
    }
    const [at, verb, index] = step.split(' ');
    const writer = this.#writers[Number(at)]!;
    const held = writer.held[Number(index)]!;
    switch (verb) {
      case 'dies':
        writer.state = 'dead';
        writer.held.length = 0;
        return undefined;
      case 'hears':
        this.#answer(writer, held, held.answer!);
        break;
      case 'loses':
        this.#faults--;
        await held.send();
        this.#answer(writer, held, failed('store.outcome-unknown'));
        break;
      case 'fails':
        this.#faults--;
        this.#answer(writer, held, failed('store.unavailable'));
        break;
      default: {
        const answer = await held.send();
        if (this.#scenario.pauses === true) held.answer = answer;
        else this.#answer(writer, held, answer);
      }
    }
    return this.#settle();
  }

  async rows(): Promise<readonly (readonly Row[])[]> {
    return Promise.all(this.#scenario.tables.map((table) => this.#rowsOf(table)));
  }

  /** Returns a text that is equal for states in which the same can happen. */
  text(tables: readonly (readonly Row[])[]): string {
    const writers = this.#writers.map(({ state, held, trace }) =>
      state === 'running' ? [trace, held.map(({ text, answer }) => [text, answer?.text])] : state,
    );
    const whole = JSON.stringify([tables, writers, this.#passes, this.#faults, this.hasTold]);
    const names = new Map<string, string>();
    return whole.replaceAll(/W\/\\"[^"]*\\"/g, (etag) => {
      if (!names.has(etag)) names.set(etag, `#${names.size}`);
      return names.get(etag)!;
    });
  }

  #answer(writer: WriterState, held: Held, answer: Answer): void {
    writer.held.splice(writer.held.indexOf(held), 1);
    writer.trace.push(`${held.text} ${answer.text}`);
    held.settle(answer);
  }

  /** Waits until every writer waits for an answer, or has ended. */
  async #settle(): Promise<void> {
    do await setImmediate();
    while (this.#writers.some(({ state, held }) => state === 'running' && held.length === 0));
  }

  #session(store: TableStore): DirectEntitySession<T> {
    const queries = { clock: this.#clock.now, onStaleEntry: () => this.#stale++ };
    const mapper = new EntityMapper(metadataOf(this.#scenario.entityClass), store, undefined, queries);
    return new DirectEntitySession(mapper, noValidation);
  }

  #gated(writer: WriterState): TableStore {
    const hold = <R>(text: string, send: () => Promise<R>, tell: (value: R) => string): Promise<R> =>
      new Promise((resolve, reject) => {
        writer.held.push({
          text,
          send: () =>
            send().then(
              (value) => ({ text: tell(value), value }),
              (error: unknown) => ({ text: EntitableError.is(error) ? error.code : 'failed', error: error as Error }),
            ),
          settle: (answer) => (answer.error === undefined ? resolve(answer.value as R) : reject(answer.error)),
        });
      });
    return wrapStore(this.#memory, {
      rows: (table, shape) => gatedRows(this.#memory.rows(table, shape), table, shape, hold),
      submit: (table, writes, options) =>
        hold(
          writes.map(({ mode, rowKey }) => `${mode} ${table} ${rowKey}`).join(),
          () => this.#memory.submit(table, writes, options),
          (receipts) => receipts.map(({ etag }) => etag).join(),
        ),
    });
  }

  async #rowsOf(table: string): Promise<readonly Row[]> {
    const shape: RowShape = {
      properties: ['value', 'name', '_row'].map((name) => ({ name, type: 'String' })),
    };
    const rows: Row[] = [];
    const decode = (row: RowReader): Row => ({
      partitionKey: row.string(PARTITION_KEY),
      rowKey: row.string(ROW_KEY),
      values: [
        ...[0, 1, 2].map((slot) => (row.typeOf(slot) === 'String' ? row.string(slot) : undefined)),
        row.etag,
        String(Math.floor((this.#clock.now() - row.milliseconds(TIMESTAMP)) / GRACE)),
      ],
    });
    for await (const page of this.#memory.rows(table, shape).scan({}, decode)) rows.push(...page.rows);
    return rows;
  }
}

function failed(code: 'store.timeout' | 'store.outcome-unknown' | 'store.unavailable'): Answer {
  return { text: code, error: new EntitableError<'store.timeout'>(code as 'store.timeout', 'A fault.', {}) };
}

type Hold = <R>(text: string, send: () => Promise<R>, tell: (value: R) => string) => Promise<R>;

function gatedRows(rows: Rows, table: string, { properties }: RowShape, hold: Hold): Rows {
  return wrapRows(rows, {
    get: (partitionKey, rowKey, decode, request, options) => {
      let seen = 'nothing';
      return hold(
        `get ${table} ${partitionKey} ${rowKey}`,
        () =>
          rows.get(
            partitionKey,
            rowKey,
            (row) => {
              const slots = request?.select ?? properties.map((_, slot) => slot);
              const texts = slots.map((slot) => (row.typeOf(slot) === 'String' ? row.string(slot) : ''));
              seen = [...texts, row.etag].join('|');
              return decode(row);
            },
            request,
            options,
          ),
        () => seen,
      );
    },
    scan: (request, decode, options) => rows.scan(request, decode, options),
  });
}

/**
 * Explores the states that the writers of a scenario can reach, in every order of their requests, with the death of
 * every writer at every step. The writers run the code of the library; each path to a state is run from the start.
 *
 * @param most - The most states, chosen by chance; all of them by default.
 */
export async function explore<T extends object>(scenario: Scenario<T>, most = Infinity): Promise<Explored> {
  const seen = new Set<string>();
  const paths: string[][] = [[]];
  const random = seeded(1);
  let surplus = 0;
  while (paths.length > 0 && seen.size < most) {
    const at = most === Infinity ? paths.length - 1 : below(random, paths.length);
    const [path = []] = paths.splice(at, 1);
    const run = await Run.begin(scenario);
    for (const step of path) await run.take(step);
    for (;;) {
      const tables = await run.rows();
      const state = run.text(tables);
      if (seen.has(state)) break;
      seen.add(state);
      const [rows = [], entries = []] = tables;
      const steps = run.steps();
      const left = steps.length === 0 ? entries.length - rows.length : 0;
      surplus = Math.max(surplus, left);
      const isUntold = left > 0 && !run.hasDead && !run.hasTold;
      const problem =
        scenario.problem(rows, entries) ?? (isUntold ? 'an entry that says too much is told to nobody' : undefined);
      if (problem !== undefined)
        return {
          states: seen.size,
          problem: [
            ...named(
              path,
              scenario.writers.map(({ name }) => name),
            ),
            problem,
          ],
          surplus,
        };
      if (steps.length === 0) break;
      for (const other of steps.slice(1)) paths.push([...path, other]);
      path.push(steps[0]!);
      await run.take(steps[0]!);
    }
  }
  return { states: seen.size, surplus };
}

function named(path: readonly string[], names: readonly string[]): readonly string[] {
  return path.map((step) => step.replace(/^\d+/, (at) => names[Number(at)]!));
}
