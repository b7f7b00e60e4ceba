/** One answer within the answer to a batch. */
export interface BatchPart {
  readonly status: number;
  readonly body: string;
  header(name: string): string | undefined;
}

/**
 * The answers in the answer to a batch, in their order; none when the text is no such answer. Each begins with a status line; lines of
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

const STATUS_LINE = '\nHTTP/1.';
const STATUS_AT = 'HTTP/1.1 '.length;

class Part implements BatchPart {
  readonly status: number;
  readonly #text: string;

  /** @param text From the status line to the next one: after the body come the boundary and the headers of what follows. */
  constructor(text: string) {
    this.status = Number(text.slice(STATUS_AT, STATUS_AT + 3));
    this.#text = text;
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
