import { singleKey } from '../filter/key-range.js';
import type { KeyRange, OperationOptions, RowPage, Rows, ScanRequest } from '../store/table-store.js';
import type { Reading } from './keyed-rows.js';
import type { ScanStep, Step } from './plan.js';

/** How the requests of a step go on from one to the next. */
export type StepPaging = Pick<ScanRequest, 'pageSize' | 'continuation' | 'ahead'>;

/** Reads what a step says, page by page. */
export async function* readStep<R>(
  rows: Rows,
  step: Step,
  { request, decode }: Reading<R>,
  paging: StepPaging,
  options?: OperationOptions,
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
      if (found !== undefined) yield found;
      return;
    }
    case 'scan':
      yield* rows.scan({ ...request, ...scanRequest(step), ...paging }, decode, options);
      return;
    default:
      return step satisfies never;
  }
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
