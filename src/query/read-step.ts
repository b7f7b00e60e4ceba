import { EntitableError } from '../errors/entitable-error.js';
import { singleKey } from '../filter/key-range.js';
import type { KeyRange, OperationOptions, RowPage, Rows, ScanRequest } from '../store/table-store.js';
import type { Reading } from './keyed-rows.js';
import type { ScanStep, Step } from './plan.js';

/** How the requests of a step go on from one to the next. */
export type StepPaging = Pick<ScanRequest, 'pageSize' | 'continuation' | 'ahead'>;

/** Whether a query has found its table: a step that follows and finds none must not give an end as if that were all. */
export interface TableSeen {
  seen: boolean;
}

/** Reads what a step says, page by page. Throws `store.table-not-found` when an earlier step found the table, and this one does not. */
export async function* readStep<R>(
  rows: Rows,
  step: Step,
  { request, decode }: Reading<R>,
  paging: StepPaging,
  options: OperationOptions | undefined,
  table: TableSeen,
): AsyncGenerator<RowPage<R>, void, undefined> {
  switch (step.kind) {
    case 'point': {
      const found = await rows.get(
        step.partitionKey,
        step.rowKey,
        (row) => ({ rows: [decode(row)] }),
        request,
        options,
      );
      if (found === undefined) return;
      table.seen = true;
      yield found;
      return;
    }
    case 'scan': {
      // What another step finds meanwhile tells nothing: the table may have been made after this one was asked for.
      const wasSeen = table.seen;
      for await (const page of rows.scan({ ...request, ...scanRequest(step), ...paging }, decode, options)) {
        if (page.tableMissing !== true) table.seen = true;
        else if (wasSeen) throw tableGone();
        yield page;
      }
      return;
    }
    default:
      return step satisfies never;
  }
}

function tableGone(): EntitableError {
  return new EntitableError(
    'store.table-not-found',
    'The table was deleted while a query read it: rows that it had are missing from what was read. Read again.',
    {},
  );
}

function scanRequest({ partitionKey, rowKey, filter }: ScanStep): ScanRequest {
  return {
    ...(isBounded(partitionKey) && { partitionKey: singleKey(partitionKey) ?? partitionKey }),
    ...(isBounded(rowKey) && { rowKey }),
    ...(filter !== undefined && { filter }),
  };
}

function isBounded({ from, to }: KeyRange): boolean {
  return from !== undefined || to !== undefined;
}
