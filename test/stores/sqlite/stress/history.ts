import { PARTITION_KEY, ROW_KEY, type RowReader } from '../../../../src/store/row.js';
import type { Rows, TableStore } from '../../../../src/store/table-store.js';
import { SHAPE } from '../../../../src/testing/conformance/table-fixture.js';

/*
 * Several writers change the rows of one table in turns. A lane is the series of turns of one writer, which takes them
 * one after another; each turn is one transaction. Lanes share partitions, and their row keys are interleaved. A lane
 * has few slots, which its turns write again and again, so that the table stays small. Each row contains the turn that
 * wrote it. From the acknowledged turns it follows for each slot which rows must be there and which cannot.
 */

/** The table that all writers share. */
export const TABLE = 'History';
/** Number of turns reserved for one writer of a lane. The turns of its successor start after them. */
export const TURNS_OF_LIFE = 1_000_000;

const SLOTS = 40;
const PARTITIONS = 3;
const LARGEST = 12;
const PADDING = '.'.repeat(60);

/** A row that was found. */
interface FoundRow {
  readonly lane: string;
  readonly slot: number;
  readonly index: number;
  readonly turn: number;
}

/** The result of a scan. */
export interface FoundHistory {
  readonly rows: readonly FoundRow[];
  /** Rows that nobody can have written, or that are out of order. */
  readonly faults: readonly string[];
}

/**
 * The state of the writers when rows are checked: `on` if they are running, so that two pages may show a part of a
 * transaction; `ended` if they have ended in any way; `exact` if it is known for each turn whether it was acknowledged.
 */
export type Writers = 'on' | 'ended' | 'exact';

/** Returns the rows of the history in an open store. */
export function historyRows(store: TableStore): Rows {
  return store.rows(TABLE, SHAPE);
}

/** Writes or removes the rows of a turn in one transaction. */
export async function takeTurn(store: TableStore, rows: Rows, lane: string, turn: number): Promise<void> {
  const slot = slotOf(turn);
  const writes = Array.from({ length: sizeOf(lane, slot) }, (_, index) => {
    const [partitionKey, rowKey] = keysOf(lane, slot, index);
    if (isRemoval(turn)) return rows.prepare({ mode: 'delete', partitionKey, rowKey, ifMatch: '*' });
    return rows.prepare({
      mode: 'upsert-replace',
      partitionKey,
      rowKey,
      write: (row) => {
        row.string(0, textOf(rowKey, turn));
        row.int32(1, turn);
      },
    });
  });
  await store.submit(TABLE, writes);
}

/**
 * Returns what is wrong with the stored rows of an acknowledged turn, if anything. Pass `own` if the lane takes no
 * other turn meanwhile.
 */
export async function faultOfTurn(rows: Rows, lane: string, turn: number, own: boolean): Promise<string | undefined> {
  const slot = slotOf(turn);
  if (!own && isRemovable(slot)) return undefined;
  for (const index of [0, sizeOf(lane, slot) - 1]) {
    const found = await rows.get(...keysOf(lane, slot, index), (row) => row.number(1));
    const right = isRemoval(turn) ? found === undefined : own ? found === turn : (found ?? -1) >= turn;
    if (!right) return `${lane} ${turn}.${index}: right after its acknowledgement there is ${found}`;
  }
  return undefined;
}

/** Reads the whole table. */
export async function readHistory(rows: Rows): Promise<FoundHistory> {
  const found: FoundRow[] = [];
  const faults: string[] = [];
  let last = '';
  for await (const page of rows.scan({}, read)) {
    for (const { keys, row, fault } of page.rows) {
      if (keys <= last) faults.push(`${keys} comes behind ${last}`);
      last = keys;
      if (row === undefined) faults.push(fault);
      else found.push(row);
    }
  }
  return { rows: found, faults };
}

function read(row: RowReader): { readonly keys: string; readonly row: FoundRow | undefined; readonly fault: string } {
  const [partitionKey, rowKey] = [row.string(PARTITION_KEY), row.string(ROW_KEY)];
  const [, lane = '', slot = -1, index = -1] = rowKey.split('-');
  const found: FoundRow = { lane, slot: Number(slot), index: Number(index), turn: row.number(1) };
  const isRight =
    keysOf(found.lane, found.slot, found.index).join('/') === `${partitionKey}/${rowKey}` &&
    slotOf(found.turn) === found.slot &&
    !isRemoval(found.turn) &&
    row.string(0) === textOf(rowKey, found.turn);
  const keys = `${partitionKey}/${rowKey}`;
  return { keys, row: isRight ? found : undefined, fault: `${keys} of turn ${found.turn} is not as it was written` };
}

/** The turns that are known to be acknowledged. */
export class Acknowledged {
  /** The last acknowledged turn of each slot, by lane. */
  readonly #turns: Map<string, Int32Array>;
  #count = 0;

  constructor(turns: ReadonlyMap<string, Int32Array> = new Map()) {
    this.#turns = new Map([...turns].map(([lane, last]) => [lane, last.slice()]));
  }

  /** Number of acknowledged turns. */
  get count(): number {
    return this.#count;
  }

  get lanes(): readonly string[] {
    return [...this.#turns.keys()];
  }

  add(lane: string, turn: number): void {
    let last = this.#turns.get(lane);
    if (last === undefined) this.#turns.set(lane, (last = new Int32Array(SLOTS).fill(-1)));
    last[slotOf(turn)] = Math.max(turn, last[slotOf(turn)]!);
    this.#count += 1;
  }

  /** Treats rows that were found as acknowledged: later reads must find them, or what replaced them. */
  addFound({ rows }: FoundHistory): void {
    for (const { lane, turn } of rows) this.add(lane, turn);
  }

  /** Returns a copy of the current state, to which no more turns are added. */
  soFar(): Acknowledged {
    return new Acknowledged(this.#turns);
  }

  /** Returns what is wrong with the rows that were found. */
  faults(found: FoundHistory, writers: (lane: string) => Writers): readonly string[] {
    const slots = new Map<string, Map<number, number>>();
    for (const { lane, slot, index, turn } of found.rows) {
      const key = `${lane} ${slot}`;
      const turns = slots.get(key) ?? new Map<number, number>();
      slots.set(key, turns.set(index, turn));
    }
    const faults = [...found.faults];
    for (const [lane, last] of this.#turns) {
      const how = writers(lane);
      for (const [slot, turn] of last.entries()) {
        const turns = slots.get(`${lane} ${slot}`) ?? new Map<number, number>();
        if (!isAsAcknowledged(lane, slot, turn, turns, how)) {
          faults.push(`${lane} slot ${slot}: turn ${turn} was acknowledged, found (${how}) ${describeTurns(turns)}`);
        }
      }
    }
    return faults;
  }
}

function isAsAcknowledged(
  lane: string,
  slot: number,
  acknowledged: number,
  turns: ReadonlyMap<number, number>,
  writers: Writers,
): boolean {
  const found = [...turns.values()];
  if (found.some((turn) => turn < acknowledged)) return false;
  if (writers === 'on' && (isRemovable(slot) || acknowledged < 0)) return true;
  const isGone = acknowledged < 0 || isRemoval(acknowledged);
  if (found.length === 0) return isGone || (writers !== 'exact' && isRemovable(slot));
  if (found.length !== sizeOf(lane, slot)) return false;
  if (writers === 'on') return true;
  return writers === 'exact' ? found.every((turn) => turn === acknowledged) : new Set(found).size === 1;
}

function describeTurns(turns: ReadonlyMap<number, number>): string {
  return [...turns].map(([index, turn]) => `${index}:${turn}`).join(' ') || 'none';
}

function slotOf(turn: number): number {
  return turn % SLOTS;
}

/** Returns whether a turn removes rows: every second turn of some slots removes what the turn before wrote. */
function isRemoval(turn: number): boolean {
  return isRemovable(slotOf(turn)) && Math.floor(turn / SLOTS) % 2 === 1;
}

function isRemovable(slot: number): boolean {
  return slot % 5 === 4;
}

function sizeOf(lane: string, slot: number): number {
  return 1 + (mixed(`${slot} ${lane}`) % LARGEST);
}

function keysOf(lane: string, slot: number, index: number): [partitionKey: string, rowKey: string] {
  const place = mixed(`${lane} ${slot}`).toString(16).padStart(8, '0');
  return [`p${slot % PARTITIONS}`, `${place}-${lane}-${slot}-${index}`];
}

function textOf(rowKey: string, turn: number): string {
  return `${rowKey} ${turn} ${PADDING}`;
}

function mixed(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
