import { formatDateTime, instantOfEtag } from '../../../edm/date-time.js';
import type { RetainedRow } from '../../../store/row.js';
import { mergedBody } from '../requests/emulate-removal.js';

/** What a row holds after a write, put together only when someone asks. */
export class WrittenRow {
  /** What was sent, until someone asks for the row. */
  #text: string;
  readonly #etag: string | undefined;
  #earlier: string | undefined;
  readonly #removed: readonly string[];
  #isComposed = false;

  /**
   * @param body What was sent.
   * @param before What the row held, where the write left the rest of it alone.
   * @param removed Names the write took away.
   */
  constructor(body: string, etag: string | undefined, before: RetainedRow | undefined, removed: readonly string[]) {
    // A row before that was never asked for is composed now: otherwise each write would keep the one before it alive.
    this.#earlier = before === undefined ? undefined : retainedText(before);
    this.#text = body;
    this.#etag = etag;
    this.#removed = removed;
  }

  /** Its text, as if it had been read. */
  get text(): string {
    if (this.#isComposed) return this.#text;
    const row = this.#earlier === undefined ? this.#text : mergedBody(this.#earlier, this.#text, this.#removed);
    this.#text = stampedText(row, this.#etag);
    this.#earlier = undefined;
    this.#isComposed = true;
    return this.#text;
  }
}

/** The text of a retained row. */
export function retainedText(row: RetainedRow): string {
  const retained: unknown = row;
  return retained instanceof WrittenRow ? retained.text : (retained as string);
}

/** The text of a row with the ETag that it has, if it has none. */
export function withEtag(text: string, etag: string): string {
  return text.includes('"odata.etag":') ? text : withMembers(text, `"odata.etag":${JSON.stringify(etag)}`);
}

function stampedText(body: string, etag: string | undefined): string {
  if (etag === undefined) return body;
  const instant = instantOfEtag(etag);
  const text = withEtag(body, etag);
  if (instant === undefined) return text;
  return withMembers(text, `"Timestamp":"${formatDateTime(instant.milliseconds, instant.ticks)}"`);
}

function withMembers(text: string, members: string): string {
  return `{${members}${text === '{}' ? '' : ','}${text.slice(1)}`;
}
