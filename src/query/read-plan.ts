import type { OperationOptions, Rows } from '../store/table-store.js';
import { comparePlaces, keyedReading, type Reading, type RowPlace } from './keyed-rows.js';
import { mergeRows, type RowSource } from './merge-rows.js';
import type { Leg, Plan } from './plan.js';
import { readStep, type StepPaging, type TableSeen } from './read-step.js';
import { resumeStep } from './resume-step.js';

/** Where a plan goes on: in which leg, and from where in it. */
export interface Position {
  readonly leg: number;
  /** The store's own continuation of the leg's only step. */
  readonly continuation?: string | undefined;
  /** The row behind which a leg of several steps goes on. */
  readonly after?: RowPlace | undefined;
}

/** Rows that arrived together, and where the plan goes on; absent at its end. */
export interface Chunk<out R> {
  readonly rows: readonly R[];
  readonly next?: Position;
}

/** What is needed to read a plan. */
export interface PlanReader<out R> {
  readonly rows: Rows;
  readonly plan: Plan;
  readonly reading: Reading<R>;
  readonly pageSize: number;
  /** Comparisons that a request takes. */
  readonly comparisons: number;
  /** Pages of a lone step to request ahead of the consumer. */
  readonly ahead: number;
}

/** Requests under way at once. */
const CONCURRENCY = 8;

/** Reads a plan from a position on, in the order of its legs; the legs to come are begun ahead, a page each. */
export async function* readPlan<R>(
  reader: PlanReader<R>,
  from: Position,
  options: OperationOptions = {},
): AsyncGenerator<Chunk<R>, void, undefined> {
  const { legs } = reader.plan;
  const table = { seen: false };
  if (legs.length - from.leg <= 1) {
    yield* readLeg(reader, from, options, table);
    return;
  }
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const begun: { readonly chunks: AsyncGenerator<Chunk<R>>; readonly first: Promise<IteratorResult<Chunk<R>>> }[] = [];
  let toBegin = from.leg;
  const begin = (): void => {
    const start = toBegin === from.leg ? from : { leg: toBegin };
    const chunks = readLeg({ ...reader, ahead: 0 }, start, { ...options, signal }, table);
    const first = chunks.next();
    first.catch(() => undefined); // thrown when its turn comes
    begun.push({ chunks, first });
    toBegin++;
  };
  try {
    while (begun.length > 0 || toBegin < legs.length) {
      while (begun.length < CONCURRENCY && toBegin < legs.length) begin();
      const { chunks, first } = begun[0]!;
      for (let chunk = await first; chunk.done !== true; chunk = await chunks.next()) yield chunk.value;
      begun.shift();
    }
  } finally {
    stop.abort();
    await Promise.allSettled(begun.map(({ chunks }) => chunks.return(undefined)));
  }
}

/** Reads one leg from a position in it on. */
export async function* readLeg<R>(
  reader: PlanReader<R>,
  from: Position,
  options: OperationOptions,
  table: TableSeen,
): AsyncGenerator<Chunk<R>, void, undefined> {
  const { plan, rows, reading } = reader;
  const leg = plan.legs[from.leg];
  if (leg === undefined) return;
  const nextLeg = from.leg + 1 < plan.legs.length ? { next: { leg: from.leg + 1 } } : {};
  const [only, ...others] = leg.steps;
  if (only !== undefined && others.length === 0) {
    for await (const page of readStep(rows, only, reading, paging(reader, from), options, table)) {
      const { continuation } = page;
      yield { rows: page.rows, ...(continuation === undefined ? nextLeg : { next: { leg: from.leg, continuation } }) };
    }
    return;
  }
  for await (const page of mergeRows(sourcesOf(reader, leg, from, options, table), reader.pageSize, CONCURRENCY)) {
    const resume = page.more ? { next: { leg: from.leg, after: placeOf(page.rows.at(-1)!) } } : nextLeg;
    yield { rows: page.rows.map(({ value }) => value), ...resume };
  }
}

function sourcesOf<R>(
  reader: PlanReader<R>,
  { steps }: Leg,
  { after }: Position,
  options: OperationOptions,
  table: TableSeen,
): readonly RowSource<R>[] {
  const keyed = keyedReading(reader.reading);
  return steps.map(async function* (step): RowSource<R> {
    for (const part of after === undefined ? [step] : resumeStep(step, after, reader.comparisons)) {
      for await (const { rows } of readStep(reader.rows, part, keyed, { pageSize: reader.pageSize }, options, table))
        yield after === undefined ? rows : rows.filter((row) => comparePlaces(row, after) > 0);
    }
  });
}

function paging(
  { pageSize, ahead }: Pick<PlanReader<unknown>, 'pageSize' | 'ahead'>,
  { continuation }: Position,
): StepPaging {
  return { pageSize, ...(ahead > 0 && { ahead }), ...(continuation !== undefined && { continuation }) };
}

function placeOf({ partitionKey, rowKey }: RowPlace): RowPlace {
  return { partitionKey, rowKey };
}
