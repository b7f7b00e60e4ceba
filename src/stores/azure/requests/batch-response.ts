/** The response to one request of a batch. */
export interface BatchPart {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
  readonly header: (name: string) => string | undefined;
}

const STATUS_LINE = '\nHTTP/1.';
const STATUS_AT = 'HTTP/1.1 '.length;
const ETAG = '\nETag: ';

const BOUNDARY = /^multipart\/mixed\s*;\s*boundary="?([^\s";]+)"?\s*$/i;

/** Returns whether a response is a complete batch: it has the content type and the closing boundary. */
export function isBatch(contentType: string | undefined, text: string): boolean {
  const boundary = BOUNDARY.exec(contentType ?? '')?.[1];
  return boundary !== undefined && text.trimEnd().endsWith(`--${boundary}--`);
}

/**
 * Splits the response to a batch into its parts, in order. A part begins with a status line. The text of a JSON body
 * cannot be mistaken for one, or for a boundary, because JSON strings contain no raw line breaks.
 */
export function batchParts(text: string): readonly BatchPart[] {
  const parts: BatchPart[] = [];
  for (let at = text.indexOf(STATUS_LINE); at >= 0;) {
    const next = text.indexOf(STATUS_LINE, at + STATUS_LINE.length);
    parts.push(new Part(text.slice(at + 1, next < 0 ? text.length : next)));
    at = next;
  }
  return parts;
}

class Part implements BatchPart {
  readonly status: number;
  /**
   * The text from this status line to the next. After the body, it contains the boundary and the headers of the next
   * part.
   */
  readonly #text: string;

  constructor(text: string) {
    this.status = Number(text.slice(STATUS_AT, STATUS_AT + 3));
    this.#text = text;
  }

  get etag(): string | undefined {
    const at = this.#text.indexOf(ETAG); // in the case that the service uses; `header` ignores case
    if (at < 0 || this.status >= 300) return this.header('etag');
    return this.#text.slice(at + ETAG.length, this.#text.indexOf('\n', at + ETAG.length)).trim();
  }

  get body(): string {
    const body = this.#text.slice(this.#headEnd());
    const boundary = body.indexOf('\n--');
    return (boundary < 0 ? body : body.slice(0, boundary)).trim();
  }

  header(name: string): string | undefined {
    return new RegExp(`\\n${name}:[ \\t]*([^\\r\\n]*)`, 'i').exec(this.#text.slice(0, this.#headEnd()))?.[1]?.trimEnd();
  }

  #headEnd(): number {
    const end = this.#text.search(/\r?\n\r?\n/);
    return end < 0 ? this.#text.length : end;
  }
}
