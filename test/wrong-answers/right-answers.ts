/** Kinds of requests that the service answers differently. */
export type Kind =
  | 'row'
  | 'list'
  | 'insert'
  | 'change'
  | 'delete'
  | 'batch'
  | 'tables'
  | 'create table'
  | 'delete table'
  | 'policies'
  | 'set policies'
  | 'properties'
  | 'set properties'
  | 'statistics';

/** The parts of a request that its response depends on. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A text in every value of a response. No error may contain it. */
export const SECRET = 'a-stored-secret';

export const TABLE = 'Notes';

const STAMP = '2026-11-21T09:30:00.1234567Z';
export const ETAG = `W/"datetime'${encodeURIComponent(STAMP)}'"`;

/** Returns the kind of a request. */
export function kindOf({ method, url }: Asked): Kind {
  const address = decodeURIComponent(url);
  const reads = method === 'GET';
  if (address.includes('comp=stats')) return 'statistics';
  if (address.includes('comp=properties')) return reads ? 'properties' : 'set properties';
  if (address.includes('comp=acl')) return reads ? 'policies' : 'set policies';
  if (address.includes('/$batch')) return 'batch';
  if (/\/Tables(\?|$)/.test(address)) return reads ? 'tables' : 'create table';
  if (address.includes('/Tables(')) return 'delete table';
  if (reads) return address.includes('(PartitionKey=') ? 'row' : 'list';
  return method === 'POST' ? 'insert' : method === 'DELETE' ? 'delete' : 'change';
}

/** Returns the JSON of a row in the table. */
export function rowText(partitionKey: string, rowKey: string): string {
  return (
    `{"odata.etag":${JSON.stringify(ETAG)},"PartitionKey":${JSON.stringify(partitionKey)},"RowKey":${JSON.stringify(rowKey)},` +
    `"Timestamp":"${STAMP}","text":"${SECRET}","size@odata.type":"Edm.Int64","size":"5","at@odata.type":"Edm.DateTime","at":"${STAMP}",` +
    `"other":"${SECRET}","bytes@odata.type":"Edm.Binary","bytes":"AQID"}`
  );
}

/** Returns the keys in the URL of a row. */
export function keysOf({ url }: Asked): readonly [partitionKey: string, rowKey: string] {
  const [, partitionKey = 'p', rowKey = 'r1'] =
    /\(PartitionKey='(.*)',RowKey='(.*)'\)/.exec(decodeURIComponent(url)) ?? [];
  return [partitionKey, rowKey];
}

/** Number of rows in a list. */
export const ROWS = 3;

/** Returns the response of the service. */
export function rightAnswer(asked: Asked): Answer {
  const kind = kindOf(asked);
  const usual = {
    'x-ms-request-id': '1054b4a9-d002-0002-06eb-3d8aac000000',
    'x-ms-version': '2019-02-02',
    'x-ms-client-request-id': String(asked.headers['x-ms-client-request-id']),
  };
  const json = { ...usual, 'content-type': 'application/json;odata=minimalmetadata;streaming=true;charset=utf-8' };
  const xml = { ...usual, 'content-type': 'application/xml' };
  switch (kind) {
    case 'row':
      return { status: 200, headers: { ...json, etag: ETAG }, body: rowText(...keysOf(asked)) };
    case 'list': {
      const top = Number(/top=(\d+)/.exec(asked.url)?.[1] ?? ROWS);
      const rows = Array.from({ length: Math.min(ROWS, top) }, (_, index) => rowText('p', `r${index}`));
      return { status: 200, headers: json, body: `{"odata.metadata":"m","value":[${rows.join()}]}` };
    }
    case 'insert':
    case 'change':
      return { status: 204, headers: { ...usual, etag: ETAG }, body: '' };
    case 'delete':
    case 'delete table':
    case 'create table':
    case 'set policies':
      return { status: 204, headers: usual, body: '' };
    case 'set properties':
      return { status: 202, headers: usual, body: '' };
    case 'batch':
      return {
        status: 202,
        headers: { ...usual, 'content-type': 'multipart/mixed; boundary=batchresponse_1' },
        body: batchText([...asked.body.matchAll(/^(?:POST|PUT|MERGE|PATCH|DELETE) /gm)].map(() => PART)),
      };
    case 'tables':
      return { status: 200, headers: json, body: `{"odata.metadata":"m","value":[{"TableName":"${TABLE}"}]}` };
    case 'policies':
      return { status: 200, headers: xml, body: `${XML}<SignedIdentifiers />` };
    case 'properties':
      return { status: 200, headers: xml, body: `${XML}<StorageServiceProperties><Cors /></StorageServiceProperties>` };
    case 'statistics': {
      const status = '<Status>live</Status><LastSyncTime>Mon, 21 Sep 2026 15:45:11 GMT</LastSyncTime>';
      const body = `<StorageServiceStats><GeoReplication>${status}</GeoReplication></StorageServiceStats>`;
      return { status: 200, headers: xml, body: `${XML}${body}` };
    }
    default:
      return kind satisfies never;
  }
}

const XML = '<?xml version="1.0" encoding="utf-8"?>';

export const PART = `HTTP/1.1 204 No Content\r\nETag: ${ETAG}\r\n\r\n`;

/** Returns the response to a batch. */
export function batchText(parts: readonly string[]): string {
  const head = 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n';
  const inner = parts.map((part) => `--changesetresponse_1\r\n${head}${part}\r\n`).join('');
  return `--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n${inner}--changesetresponse_1--\r\n--batchresponse_1--\r\n`;
}
