import { EntitableError } from '../errors/entitable-error.js';
import { checkOperation, type OperationOptions } from '../options/operation-options.js';
import { invalidContinuation, readToken, writeToken, type TokenQuery } from './continuation-token.js';
import type { Page, PagesOptions } from './query.js';
import { readLeg, readPlan, type TableSeen, type Chunk, type PlanReader, type Position } from './execute-plan.js';

/** Reads the results that rows of a plan stand for, in the order of the rows. It may leave some out. */
export type Resolve<R> = (rows: readonly unknown[], options?: OperationOptions) => Promise<readonly R[]>;

/** A query whose pages can be read and continued. */
export interface PageSource<out R> extends TokenQuery {
  /** Reads the rows of the plan. They are the results, unless there is a `resolve`. */
  readonly reader: PlanReader<unknown>;
  /** Reads the results of a plan whose rows are the entries of an index. */
  readonly resolve?: Resolve<R> | undefined;
}

/** Reads the results of a query as they arrive, from its first to its last. */
export function readResults<R>(
  { reader, resolve }: PageSource<R>,
  options: OperationOptions | undefined,
): AsyncGenerator<Chunk<R>, void, undefined> {
  const chunks = readPlan(reader, { leg: 0 }, options);
  return resolve === undefined
    ? (chunks as AsyncGenerator<Chunk<R>, void, undefined>)
    : resolvedChunks(chunks, resolve, options);
}

async function* resolvedChunks<R>(
  chunks: AsyncGenerator<Chunk<unknown>, void, undefined>,
  resolve: Resolve<R>,
  options: OperationOptions | undefined,
): AsyncGenerator<Chunk<R>, void, undefined> {
  for await (const { rows, ...position } of chunks) yield { rows: await resolve(rows, options), ...position };
}

/** Yields all pages of a query, up to its `take`. */
export async function* readPages<R>(
  source: PageSource<R>,
  given: PagesOptions = {},
): AsyncGenerator<Page<R>, void, undefined> {
  checkOperation(given);
  const { emptyPages = 'follow', ...options } = given;
  let remaining = source.take ?? Infinity;
  if (remaining === 0) return;
  for await (const { rows, next } of readResults(source, options)) {
    const items = rows.length > remaining ? rows.slice(0, remaining) : rows;
    remaining -= items.length;
    if (items.length > 0 || emptyPages === 'give') yield pageOf(source, items, next, remaining);
    if (remaining === 0) return;
  }
}

/**
 * Reads one page, which begins where the page that returned `continuation` ended. Reads the legs of the plan (see `Leg`
 * in `plan.ts`) one after the other until the page is full. Once the page has results, a leg that would need a second
 * request is not read further, so the page may have fewer results than requested.
 */
export async function readPage<R>(
  source: PageSource<R>,
  continuation: string | undefined,
  { emptyPages = 'follow', ...options }: PagesOptions,
): Promise<Page<R>> {
  const { plan, reader, resolve, take = Infinity } = source;
  const from = continuation === undefined ? undefined : readToken(continuation, source);
  const remaining = from?.remaining ?? take;
  const most = Math.min(reader.pageSize, remaining);
  const items: R[] = [];
  const table = { seen: from !== undefined };
  let next: Position | undefined = plan.legs.length === 0 ? undefined : (from?.position ?? { leg: 0 });
  while (next !== undefined && items.length < most) {
    const { leg }: Position = next;
    const asked = { ...reader, pageSize: most - items.length, ahead: 0 };
    const chunk = await firstChunk(asked, next, options, table).catch((error: unknown) => {
      const isOfToken = next === from?.position && next?.continuation !== undefined;
      throw isOfToken && EntitableError.is(error, 'store.rejected')
        ? invalidContinuation(source.className, error)
        : error;
    });
    const results = resolve === undefined ? (chunk.rows as readonly R[]) : await resolve(chunk.rows, options);
    for (const row of results) items.push(row);
    next = chunk.next;
    if (next?.leg === leg && (items.length > 0 || emptyPages === 'give')) break;
  }
  return pageOf(source, items, next, remaining - items.length);
}

async function firstChunk<R>(
  reader: PlanReader<R>,
  from: Position,
  options: OperationOptions,
  table: TableSeen,
): Promise<Chunk<R>> {
  for await (const chunk of readLeg(reader, from, options, table)) return chunk;
  const leg = from.leg + 1;
  return { rows: [], ...(leg < reader.plan.legs.length && { next: { leg } }) };
}

/** Returns a page, with a continuation if there are more results. */
function pageOf<R>(source: PageSource<R>, items: readonly R[], next: Position | undefined, remaining: number): Page<R> {
  if (next === undefined || remaining === 0) return { items };
  const left = Number.isFinite(remaining) ? { remaining } : {};
  return { items, continuation: writeToken({ position: next, ...left }, source) };
}
