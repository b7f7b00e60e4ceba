import { toOData } from '../../../filter/odata.js';
import { comparison, junction, type FilterNode } from '../../../store/filter-node.js';
import { TIMESTAMP, type Slot } from '../../../store/row.js';
import type { KeyRange, ReadRequest, ScanRequest } from '../../../store/table-store.js';
import type { RowLayout } from '../json/row-members.js';
import { EntitableError } from '../../../errors/entitable-error.js';

/**
 * Formats the query options of a scan (`$filter`, `$select`, `$top`), without its continuation. Returns `''` if there
 * are none.
 */
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

/**
 * Formats the `$select` option of a read. Returns `undefined` for whole rows. It always contains the keys, and the
 * timestamp if an ETag must be made from it.
 */
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

/**
 * Returns the URL of a table, with its name percent-encoded. A dollar sign stays unencoded, because the names of the
 * service's own tables begin with it.
 */
export function tableUrl(endpoint: string, table: string): string {
  return `${endpoint}/${encodeText(table).replaceAll('%24', '$')}`;
}

/**
 * Returns the URL of a row. Keys are quoted as OData strings and percent-encoded, so that no key can change the rest of
 * the URL.
 */
export function entityUrl(table: string, partitionKey: string, rowKey: string): string {
  return `${table}(PartitionKey='${keyText(partitionKey)}',RowKey='${keyText(rowKey)}')`;
}

/** Percent-encodes a text. Throws `store.rejected` if it contains an unpaired surrogate. */
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

/** Separates the service's two continuation tokens in a continuation. No header can contain it. */
const SEPARATOR = '\n';

/**
 * Reads the service's two continuation tokens from the headers and joins them. The second may be missing; the next
 * request is then sent without it.
 */
export function readContinuation(header: (name: string) => string | undefined): string | undefined {
  const partition = header('x-ms-continuation-NextPartitionKey') ?? '';
  const row = header('x-ms-continuation-NextRowKey') ?? '';
  if (partition === '') return undefined;
  return row === '' ? partition : `${partition}${SEPARATOR}${row}`;
}

/** Formats a continuation as the query options of the request for the next page. */
export function continuationText(continuation: string): string {
  const [partition, row] = continuation.split(SEPARATOR, 2);
  const next = `NextPartitionKey=${encodeText(partition!)}`;
  return row === undefined ? next : `${next}&NextRowKey=${encodeText(row)}`;
}
