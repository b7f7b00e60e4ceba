/** One answer within the answer to a batch. */
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

/** Whether an answer is a whole batch's: of its type, and with the boundary that ends it. */
export function isBatch(contentType: string | undefined, text: string): boolean {
  const boundary = BOUNDARY.exec(contentType ?? '')?.[1];
  return boundary !== undefined && text.trimEnd().endsWith(`--${boundary}--`);
}

/**
 * The answers in the answer to a batch, in their order. Each begins with a status line; lines of
 * JSON, which has no raw line breaks, never look like one or like a boundary.
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
  /** From the status line to the next one: after the body come the boundary and the headers of what follows. */
  readonly #text: string;

  constructor(text: string) {
    this.status = Number(text.slice(STATUS_AT, STATUS_AT + 3));
    this.#text = text;
  }

  get etag(): string | undefined {
    const at = this.#text.indexOf(ETAG); // as the service spells it; whatever spells it otherwise costs a little more
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
