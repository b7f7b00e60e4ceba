import { formatDateTime, instantOfEtag } from '../../../edm/date-time.js';
import type { RetainedRow } from '../../../store/row.js';
import { mergedBody } from '../requests/emulate-removal.js';

/**
 * The content of a row after a write, without reading it back. The written entity refers to it as the last known state
 * of its row. The text of the row is composed only when it is needed for the first time.
 */
export class WrittenRow {
  /** The request body, or the composed row once `#isComposed` is set. */
  #text: string;
  readonly #etag: string | undefined;
  #earlier: string | undefined;
  readonly #removed: readonly string[];
  #isComposed = false;

  /**
   * @param body The body of the write.
   * @param before The row before a merge, if it is known. The properties that the merge does not write are taken from
   * it.
   * @param removed Names of the properties that the write removed.
   */
  constructor(body: string, etag: string | undefined, before: RetainedRow | undefined, removed: readonly string[]) {
    // Composes the earlier row now, if nothing has read it yet: otherwise each written row would keep all earlier ones
    // alive.
    this.#earlier = before === undefined ? undefined : retainedText(before);
    this.#text = body;
    this.#etag = etag;
    this.#removed = removed;
  }

  /** The row as JSON text, in the same form as a row that was read from the service. */
  get text(): string {
    if (this.#isComposed) return this.#text;
    const row = this.#earlier === undefined ? this.#text : mergedBody(this.#earlier, this.#text, this.#removed);
    this.#text = stampedText(row, this.#etag);
    this.#earlier = undefined;
    this.#isComposed = true;
    return this.#text;
  }
}

/** Returns the text of a retained row. */
export function retainedText(row: RetainedRow): string {
  const retained: unknown = row;
  return retained instanceof WrittenRow ? retained.text : (retained as string);
}

/** Adds the ETag to the text of a row that does not contain one. */
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
