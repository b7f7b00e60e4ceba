import type { CommitReport, CommitWrite } from '../../src/errors/error-details.js';
import type { Fault } from '../support/faulty-store.js';

/** What an entity of the model holds: a number that is never used twice, and a text that comes and goes. */
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
  /** What the entity holds now. */
  readonly values: Values;
}

/** One write that the model expects. */
export interface Expected {
  readonly id: string;
  readonly mode: 'insert' | 'merge' | 'replace' | 'delete';
  /** The version it is conditional on. */
  readonly version: number | undefined;
  readonly values: Values;
}

/** A transaction that was tried. */
export interface Attempt {
  readonly fault: Fault;
  readonly ids: readonly string[];
}

/** A transaction whose answer was lost. */
interface Lost {
  readonly writes: readonly Expected[];
  readonly wasWritten: boolean;
}

/** What one row tells of a lost write. */
type Finding = 'as before' | 'as written' | 'missing' | 'changed';

/** A report, as sets of rows. */
export type ReportedRows = { readonly [K in keyof CommitReport]: readonly string[] };

/** A store and a unit of work in plain maps, which say what the real ones must do. */
export class UnitModel {
  readonly store = new Map<string, StoredRow>();
  readonly unit = new Map<string, UnitRow>();
  #lost: Lost[] = [];
  #version = 0;

  /** Rows whose last answer was lost. */
  isLocked(id: string): boolean {
    return this.#lost.some(({ writes }) => writes.some((write) => write.id === id));
  }

  /** Somebody else's write. */
  put(id: string, values: Values): void {
    this.store.set(id, { ...values, version: ++this.#version });
  }

  /** What a read gives. */
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

  /** Whether an insert can be held. */
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

  /** What a commit has to send now. */
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

  /** Reads back what is unknown: the rows that turn out to be written, and those that no row can tell of. Throws where it would be wrong. */
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
      // Rows that are gone are what a delete wants, whoever deleted them.
      const isOfDeletes = outcome === 'written' && writes.every(({ mode }) => mode === 'delete');
      if (wasWritten !== (outcome === 'written') && !isOfDeletes) throw new Error(`It is not ${outcome}.`);
      if (outcome === 'not written') continue;
      for (const write of writes) this.#committed(write, this.#findingOf(write) === 'as written');
      written.push(...writes.map(({ id }) => id));
    }
    this.#lost = left;
    return { written, unknown: left.flatMap(({ writes }) => writes.map(({ id }) => id)) };
  }

  /** What comes of the transactions that were tried, and what a report has to say of them. */
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

  /** A row that was not written decides for all; what was written is told by all of them together. */
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

  /** @param stands Whether the row is as it was written: another has changed or deleted it else, so that its version is none that is known. */
  #committed({ id, mode, values }: Expected, stands: boolean): void {
    const known = this.unit.get(id)!;
    const seen = stands ? this.store.get(id)! : { ...values, version: -1 };
    if (mode === 'delete') this.unit.delete(id);
    else this.unit.set(id, { values: known.values, state: { kind: 'managed', seen } });
  }
}

/** The rows that a report names. */
export function reportedRows(report: CommitReport): ReportedRows {
  const ids = (writes: readonly CommitWrite[]): readonly string[] =>
    writes.map(({ partitionKey, rowKey }) => `${partitionKey}${rowKey}`).sort();
  const { committed, failed, unknown, pending } = report;
  return { committed: ids(committed), failed: ids(failed), unknown: ids(unknown), pending: ids(pending) };
}

function same(left: Values, right: Values): boolean {
  return left.total === right.total && left.email === right.email;
}
