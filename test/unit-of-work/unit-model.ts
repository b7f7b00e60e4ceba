import type { CommitReport, CommitWrite } from '../../src/errors/write-reports.js';
import type { Fault } from '../support/faulty-store.js';

/** The values of an entity of the model: a number that is never used twice, and an optional text. */
export interface Values {
  readonly total: number;
  readonly email: string | undefined;
}

interface StoredRow extends Values {
  readonly version: number;
}

type State =
  | { readonly kind: 'managed'; readonly seen: StoredRow }
  | { readonly kind: 'insert'; readonly over?: StoredRow | undefined }
  | { readonly kind: 'delete'; readonly seen: StoredRow };

interface UnitRow {
  readonly state: State;
  /** The present values of the entity. */
  readonly values: Values;
}

/** One write that the model expects. */
export interface Expected {
  readonly id: string;
  readonly mode: 'insert' | 'merge' | 'replace' | 'delete';
  /** The version that the write requires. */
  readonly version: number | undefined;
  readonly values: Values;
}

/** A transaction that was attempted. */
export interface Attempt {
  readonly fault: Fault;
  readonly ids: readonly string[];
}

/** A transaction whose answer was lost. */
interface Lost {
  readonly writes: readonly Expected[];
  readonly wasWritten: boolean;
}

/** The conclusion that one row allows about a lost write. */
type Finding = 'as before' | 'as written' | 'missing' | 'changed';

/** A commit report, as row ids by outcome. */
export type ReportedRows = { readonly [K in keyof CommitReport]: readonly string[] };

/** A model of a store and a unit of work in plain maps, which predicts the behaviour of the real ones. */
export class UnitModel {
  readonly store = new Map<string, StoredRow>();
  readonly unit = new Map<string, UnitRow>();
  #lost: Lost[] = [];
  #version = 0;

  /** Returns whether the last write of a row has an unknown outcome. */
  isLocked(id: string): boolean {
    return this.#lost.some(({ writes }) => writes.some((write) => write.id === id));
  }

  /** Writes a row as another writer. */
  put(id: string, values: Values): void {
    this.store.set(id, { ...values, version: ++this.#version });
  }

  /** Returns the values that a read is expected to return. */
  read(id: string): Values | undefined {
    const known = this.unit.get(id);
    if (known !== undefined) return known.state.kind === 'delete' ? undefined : known.values;
    const row = this.store.get(id);
    if (row === undefined) return undefined;
    const values = { total: row.total, email: row.email };
    this.unit.set(id, { state: { kind: 'managed', seen: row }, values });
    return values;
  }

  edit(id: string, values: Values): void {
    this.unit.set(id, { ...this.unit.get(id)!, values });
  }

  /** Records an insert; returns `false` if it must be rejected. */
  insert(id: string, values: Values): boolean {
    const known = this.unit.get(id);
    if (known !== undefined && known.state.kind !== 'delete') return false;
    const over = known?.state.kind === 'delete' ? known.state.seen : undefined;
    this.unit.set(id, { state: { kind: 'insert', over }, values });
    return true;
  }

  remove(id: string): void {
    const { state, values } = this.unit.get(id)!;
    const seen = state.kind === 'insert' ? state.over : state.seen;
    if (seen === undefined) this.unit.delete(id);
    else this.unit.set(id, { state: { kind: 'delete', seen }, values });
  }

  discard(): void {
    this.unit.clear();
    this.#lost = [];
  }

  /** Returns the writes that a commit is expected to send now. */
  planned(): ReadonlyMap<string, Expected> {
    const writes = new Map<string, Expected>();
    for (const [id, { state, values }] of this.unit) {
      if (this.isLocked(id)) continue;
      switch (state.kind) {
        case 'managed':
          if (same(values, state.seen)) break;
          writes.set(id, { id, mode: 'merge', version: state.seen.version, values });
          break;
        case 'insert':
          writes.set(id, {
            id,
            mode: state.over === undefined ? 'insert' : 'replace',
            version: state.over?.version,
            values,
          });
          break;
        case 'delete':
          writes.set(id, { id, mode: 'delete', version: state.seen.version, values });
          break;
        default:
          state satisfies never;
      }
    }
    return writes;
  }

  /**
   * Reads back the lost transactions. Returns the rows that turn out to be written, and those that stay unknown. Throws
   * if the conclusion would be wrong.
   */
  settle(): { readonly written: readonly string[]; readonly unknown: readonly string[] } {
    const written: string[] = [];
    const left: Lost[] = [];
    for (const lost of this.#lost) {
      const { writes, wasWritten } = lost;
      const outcome = this.#outcomeOf(writes);
      if (outcome === 'unknown') {
        left.push(lost);
        continue;
      }
      // A delete is satisfied if its row is gone, whoever deleted it.
      const isOfDeletes = outcome === 'written' && writes.every(({ mode }) => mode === 'delete');
      if (wasWritten !== (outcome === 'written') && !isOfDeletes) throw new Error(`It is not ${outcome}.`);
      if (outcome === 'not written') continue;
      for (const write of writes) this.#committed(write, this.#findingOf(write) === 'as written');
      written.push(...writes.map(({ id }) => id));
    }
    this.#lost = left;
    return { written, unknown: left.flatMap(({ writes }) => writes.map(({ id }) => id)) };
  }

  /** Applies the transactions that were attempted, and returns the expected report. */
  commit(planned: ReadonlyMap<string, Expected>, attempts: readonly Attempt[]): ReportedRows {
    const committed: string[] = [];
    const failed: string[] = [];
    const unknown: string[] = [];
    const pending = new Set(planned.keys());
    for (const { fault, ids } of attempts) {
      const writes = ids.map((id) => planned.get(id)!);
      const refused = writes.find((write) => !this.#holds(write));
      if (fault === 'unavailable') failed.push(...ids);
      else if (fault !== 'lost-before' && refused !== undefined) failed.push(refused.id);
      else {
        if (fault !== 'lost-before') for (const write of writes) this.#apply(write);
        if (fault === 'none') for (const write of writes) this.#committed(write, true);
        else this.#lost.push({ writes, wasWritten: fault === 'lost-after' });
        (fault === 'none' ? committed : unknown).push(...ids);
      }
    }
    for (const id of [...committed, ...failed, ...unknown]) pending.delete(id);
    return { committed, failed, unknown, pending: [...pending] };
  }

  #holds({ id, mode, version }: Expected): boolean {
    return mode === 'insert' ? !this.store.has(id) : this.store.get(id)?.version === version;
  }

  #apply({ id, mode, values }: Expected): void {
    if (mode === 'delete') this.store.delete(id);
    else this.put(id, values);
  }

  /**
   * Returns the outcome of a transaction: one unchanged row proves that nothing was written, and only all rows together
   * prove that everything was.
   */
  #outcomeOf(writes: readonly Expected[]): 'written' | 'not written' | 'unknown' {
    const found = writes.map((write) => this.#findingOf(write));
    if (found.includes('as before')) return 'not written';
    return found.every((finding) => finding === 'as written') ? 'written' : 'unknown';
  }

  #findingOf({ id, mode, version, values }: Expected): Finding {
    const row = this.store.get(id);
    if (row === undefined) return mode === 'delete' ? 'as written' : 'missing';
    if (row.version === version) return 'as before';
    return mode !== 'delete' && same(row, values) ? 'as written' : 'changed';
  }

  /**
   * @param stands True if the row is still as it was written. Otherwise another writer has changed or deleted it, and
   * its version is unknown.
   */
  #committed({ id, mode, values }: Expected, stands: boolean): void {
    const known = this.unit.get(id)!;
    const seen = stands ? this.store.get(id)! : { ...values, version: -1 };
    if (mode === 'delete') this.unit.delete(id);
    else this.unit.set(id, { values: known.values, state: { kind: 'managed', seen } });
  }
}

/** Returns the ids of the rows that a report lists. */
export function reportedRows(report: CommitReport): ReportedRows {
  const ids = (writes: readonly CommitWrite[]): readonly string[] =>
    writes.map(({ partitionKey, rowKey }) => `${partitionKey}${rowKey}`).sort();
  const { committed, failed, unknown, pending } = report;
  return { committed: ids(committed), failed: ids(failed), unknown: ids(unknown), pending: ids(pending) };
}

function same(left: Values, right: Values): boolean {
  return left.total === right.total && left.email === right.email;
}
