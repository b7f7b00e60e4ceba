import { singleKey } from '../filter/key-range.js';
import type { RowReader } from '../store/row.js';
import type { KeyRange, OperationOptions, ReadRequest, RowPage, Rows, ScanRequest } from '../store/table-store.js';
import type { Step } from './plan.js';

/** What to make of each row, and what that asks of the store. */
export interface Reading<out R> {
  readonly request: ReadRequest;
  readonly decode: (row: RowReader) => R;
}

/** Reads what a step says, page by page. */
export async function* readStep<R>(
  rows: Rows,
  step: Step,
  { request, decode }: Reading<R>,
  paging: Pick<ScanRequest, 'pageSize' | 'continuation' | 'ahead'>,
  options?: OperationOptions,
): AsyncGenerator<RowPage<R>, void, undefined> {
  switch (step.kind) {
    case 'nothing':
      return;
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
      yield* rows.scan({ ...request, ...scanOf(step), ...paging }, decode, options);
      return;
    default:
      return step satisfies never;
  }
}

function scanOf({ partitionKey, rowKey, filter }: Extract<Step, { readonly kind: 'scan' }>): ScanRequest {
  return {
    ...(isBounded(partitionKey) && { partitionKey: singleKey(partitionKey) ?? partitionKey }),
    ...(isBounded(rowKey) && { rowKey }),
    ...(filter !== undefined && { filter }),
  };
}

function isBounded({ from, to }: KeyRange): boolean {
  return from !== undefined || to !== undefined;
}
