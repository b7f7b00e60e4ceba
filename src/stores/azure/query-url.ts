import { toOData } from '../../filter/odata.js';
import { comparison, junction, type FilterNode } from '../../store/filter-node.js';
import { TIMESTAMP, type Slot } from '../../store/row.js';
import type { KeyRange, ReadRequest, ScanRequest } from '../../store/table-store.js';
import { encodeText } from './entity-url.js';
import type { RowLayout } from './row-layout.js';

/** The options of a query but for its continuation, `''` when there are none. */
export function queryText(
  request: ScanRequest,
  select: string | undefined,
  pageRows: number,
  storeRows: number,
): string {
  const nodes = [
    ...keyNodes('PartitionKey', request.partitionKey),
    ...keyNodes('RowKey', request.rowKey),
    ...(request.filter === undefined ? [] : [request.filter]),
  ];
  const filter = filterText(nodes.length === 0 ? undefined : toOData(junction('and', nodes)), request.rawFilter);
  const options = [
    ...(filter === undefined ? [] : [`$filter=${encodeText(filter)}`]),
    ...(select === undefined ? [] : [select]),
    ...(pageRows === storeRows ? [] : [`$top=${pageRows}`]),
  ];
  return options.join('&');
}

/** `$select` of a read, or `undefined` for whole rows. The keys are always in it, the timestamp when an ETag has to be made of it. */
export function selectText({ select, etag, undeclared }: ReadRequest, { names }: RowLayout): string | undefined {
  if (select === undefined || undeclared) return undefined;
  const selected = select.filter((slot) => slot >= 0).map((slot) => encodeText(names[slot]!));
  const timestamp = etag || select.includes(TIMESTAMP satisfies Slot) ? ['Timestamp'] : [];
  return `$select=${['PartitionKey', 'RowKey', ...timestamp, ...selected].join(',')}`;
}

function filterText(filter: string | undefined, raw: string | undefined): string | undefined {
  return filter === undefined || raw === undefined ? (filter ?? raw) : `(${filter}) and (${raw})`;
}

function keyNodes(property: 'PartitionKey' | 'RowKey', keys: string | KeyRange | undefined): readonly FilterNode[] {
  if (keys === undefined) return [];
  const compare = (operator: 'eq' | 'ge' | 'gt' | 'le' | 'lt', value: string) =>
    comparison(property, operator, { type: 'String', value });
  if (typeof keys === 'string') return [compare('eq', keys)];
  const { from, to } = keys;
  return [
    ...(from === undefined ? [] : [compare(from.inclusive ? 'ge' : 'gt', from.value)]),
    ...(to === undefined ? [] : [compare(to.inclusive ? 'le' : 'lt', to.value)]),
  ];
}
