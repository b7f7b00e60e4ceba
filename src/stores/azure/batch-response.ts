/** One answer within the answer to a batch. */
export interface BatchPart {
  readonly status: number;
  readonly body: string;
  readonly header: (name: string) => string | undefined;
}

const STATUS = /^HTTP\/1\.\d (\d{3})/;
const CHANGESET = /^content-type:\s*multipart\/mixed;\s*boundary="?([^";\r\n]+)/im;

/** The answers in the answer to a batch, in their order; none when the text is no such answer. */
export function batchParts(text: string): readonly BatchPart[] {
  return sections(text, text.slice(0, lineEnd(text, 0)).trim()).flatMap((section) => {
    const inner = CHANGESET.exec(headOf(section))?.[1];
    return (inner === undefined ? [section] : sections(section, `--${inner}`)).flatMap(part);
  });
}

/** What stands between the lines of a boundary. */
function sections(text: string, boundary: string): readonly string[] {
  if (!boundary.startsWith('--')) return [];
  const found: string[] = [];
  let from = -1;
  for (let at = text.indexOf(boundary); at >= 0; at = text.indexOf(boundary, at + boundary.length)) {
    if (at > 0 && text[at - 1] !== '\n') continue;
    if (from >= 0) found.push(text.slice(from, at));
    from = lineEnd(text, at) + 1;
  }
  return found;
}

function part(section: string): readonly BatchPart[] {
  const start = section.search(/^HTTP\//m);
  if (start < 0) return [];
  const answer = section.slice(start);
  const head = headOf(answer);
  const status = Number(STATUS.exec(head)?.[1]);
  if (Number.isNaN(status)) return [];
  return [{ status, body: answer.slice(head.length).trim(), header: (name) => headerOf(head, name) }];
}

function headOf(text: string): string {
  const end = /\r?\n\r?\n/.exec(text);
  return end === null ? text : text.slice(0, end.index);
}

function headerOf(head: string, name: string): string | undefined {
  const wanted = `\n${name.toLowerCase()}:`;
  const at = head.toLowerCase().indexOf(wanted);
  return at < 0 ? undefined : head.slice(at + wanted.length, lineEnd(head, at + 1)).trim();
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
