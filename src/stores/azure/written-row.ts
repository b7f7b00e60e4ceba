import { formatDateTime, instantOfEtag } from '../../edm/date-time.js';
import type { RetainedRow } from '../../store/row.js';
import { mergedBody } from './merged-body.js';
import { TEXT, TYPE_SUFFIX, type JsonRow } from './row-layout.js';

/** What a row holds after a write, put together only when someone asks. */
export class WrittenRow {
  #compose: (() => JsonRow) | undefined;
  #row: JsonRow | undefined;

  /**
   * @param body What was sent.
   * @param before What the row held, where the write left the rest of it alone.
   * @param removed Names the write took away.
   */
  constructor(body: string, etag: string | undefined, before: RetainedRow | undefined, removed: readonly string[]) {
    // A row before that was never asked for is composed now: otherwise each write would keep the one before it alive.
    const earlier = before === undefined ? undefined : openedRow(before);
    this.#compose = () => compose(earlier, body, removed, etag);
  }

  get row(): JsonRow {
    if (this.#compose !== undefined) {
      this.#row = this.#compose();
      this.#compose = undefined;
    }
    return this.#row!;
  }
}

/** A retained row as JSON. */
export function openedRow(row: RetainedRow): JsonRow {
  const retained: unknown = row;
  return retained instanceof WrittenRow ? retained.row : (retained as JsonRow);
}

function compose(
  before: JsonRow | undefined,
  body: string,
  removed: readonly string[],
  etag: string | undefined,
): JsonRow {
  const members = new Map(Object.entries(before ?? {}));
  for (const name of removed) {
    members.delete(name);
    members.delete(name + TYPE_SUFFIX);
  }
  const sent = JSON.parse(body) as JsonRow;
  for (const [name, value] of Object.entries(sent)) {
    if (!Object.hasOwn(sent, name + TYPE_SUFFIX)) members.delete(name + TYPE_SUFFIX); // it has another type now
    members.set(name, value);
  }
  members.delete('odata.etag');
  members.delete('Timestamp');
  const instant = etag === undefined ? undefined : instantOfEtag(etag);
  if (etag !== undefined) members.set('odata.etag', etag);
  if (instant !== undefined) members.set('Timestamp', formatDateTime(instant.milliseconds, instant.ticks));
  const row = Object.fromEntries(members) as Record<string | symbol, unknown>;
  const stored = before?.[TEXT];
  if (before === undefined) row[TEXT] = body;
  else if (stored !== undefined) row[TEXT] = mergedBody(stored, body, removed);
  return row;
}
