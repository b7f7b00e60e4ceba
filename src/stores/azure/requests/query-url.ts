import { toOData } from '../../../filter/odata.js';
import { comparison, junction, type FilterNode } from '../../../store/filter-node.js';
import { TIMESTAMP, type Slot } from '../../../store/row.js';
import type { KeyRange, ReadRequest, ScanRequest } from '../../../store/table-store.js';
import type { RowLayout } from '../json/row-members.js';
import { EntitableError } from '../../../errors/entitable-error.js';

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

/** The URL of a table, whatever the name is. The service names tables of its own with a dollar sign, which is not encoded. */
export function tableUrl(endpoint: string, table: string): string {
  return `${endpoint}/${encodeText(table).replaceAll('%24', '$')}`;
}

/** The URL of one row: keys are quoted as OData strings and then percent-encoded, so that no key can say more than itself. */
export function entityUrl(table: string, partitionKey: string, rowKey: string): string {
  return `${table}(PartitionKey='${keyText(partitionKey)}',RowKey='${keyText(rowKey)}')`;
}

/** A text as part of a URL. */
export function encodeText(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new EntitableError(
      'store.rejected',
      'A text with half of a surrogate pair cannot be sent. Remove it from the key, the filter or the name.',
      {},
    );
  }
}

const PLAIN = /^[\w.~|:-]*$/;

function keyText(key: string): string {
  return PLAIN.test(key) ? key : encodeText(key.replaceAll("'", "''"));
}

/** No header can hold it, so it parts the two tokens. */
const SEPARATOR = '\n';

/** Where the next page begins: the service's own tokens, the second of which may be missing and then stays so. */
export function readContinuation(header: (name: string) => string | undefined): string | undefined {
  const partition = header('x-ms-continuation-NextPartitionKey') ?? '';
  const row = header('x-ms-continuation-NextRowKey') ?? '';
  if (partition === '') return undefined;
  return row === '' ? partition : `${partition}${SEPARATOR}${row}`;
}

/** A continuation as options of a query. */
export function continuationText(continuation: string): string {
  const [partition, row] = continuation.split(SEPARATOR, 2);
  const next = `NextPartitionKey=${encodeText(partition!)}`;
  return row === undefined ? next : `${next}&NextRowKey=${encodeText(row)}`;
}
