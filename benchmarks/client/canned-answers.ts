import { sample, type SampleData } from '../support/sample.js';

const STAMP = '2026-11-21T09:30:00.1234567Z';
const ETAG = `W/"datetime'${encodeURIComponent(STAMP)}'"`;
const ROWS = 1000;

/** A response of the service as it is sent over the wire. */
export interface CannedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes, so that decoding is left to the receiver. */
  readonly body: Buffer;
}

type Metadata = 'minimal' | 'none';

/** Serialises a text as the service does, in ASCII only. */
function textJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function rowText(data: SampleData, metadata: Metadata): string {
  const annotated = (name: string, type: string, value: string): string =>
    metadata === 'minimal' ? `"${name}@odata.type":"Edm.${type}","${name}":${value}` : `"${name}":${value}`;
  return [
    ...(metadata === 'minimal' ? [`"odata.etag":${JSON.stringify(ETAG)}`] : []),
    `"PartitionKey":"${data.partition}"`,
    `"RowKey":"${data.row}"`,
    `"Timestamp":"${STAMP}"`,
    `"name":${textJson(data.name)}`,
    `"city":${textJson(data.city)}`,
    `"email":${textJson(data.email)}`,
    `"count":${data.count}`,
    `"price":${Number.isInteger(data.price) ? `${data.price}.0` : data.price}`,
    `"active":${data.active}`,
    annotated('sequence', 'Int64', `"${data.sequence}"`),
    annotated('createdAt', 'DateTime', `"${data.createdAt.toISOString()}"`),
    annotated('correlation', 'Guid', `"${data.correlation}"`),
    annotated('hash', 'Binary', `"${Buffer.from(data.hash).toString('base64')}"`),
  ].join();
}

function selectedText({ partition, row, name, price }: SampleData, metadata: Metadata, keys: boolean): string {
  const members = [
    ...(metadata === 'minimal' ? [`"odata.etag":${JSON.stringify(ETAG)}`] : []),
    ...(keys ? [`"PartitionKey":"${partition}"`] : []),
    `"RowKey":"${row}","name":${textJson(name)},"price":${price}`,
  ];
  return `{${members.join()}}`;
}

const CONTEXT = '"odata.metadata":"https://account.table.core.windows.net/$metadata#Samples';
const entity = (row: number, metadata: Metadata): string =>
  `{${metadata === 'minimal' ? `${CONTEXT}/@Element",` : ''}${rowText(sample(1, row), metadata)}}`;
const page = (metadata: Metadata, row: (data: SampleData, metadata: Metadata) => string): string =>
  `{${metadata === 'minimal' ? `${CONTEXT}",` : ''}"value":[${Array.from({ length: ROWS }, (_, index) => row(sample(1, index), metadata)).join()}]}`;

const levels: readonly Metadata[] = ['minimal', 'none'];
const byLevel = (text: (metadata: Metadata) => string): Readonly<Record<Metadata, Buffer>> =>
  Object.fromEntries(levels.map((level) => [level, Buffer.from(text(level))])) as Record<Metadata, Buffer>;

const entities = new Map<number, Readonly<Record<Metadata, Buffer>>>();

/** Returns the body for a row, created on first use. */
function entityAt(row: number): Readonly<Record<Metadata, Buffer>> {
  let bodies = entities.get(row);
  if (bodies === undefined) entities.set(row, (bodies = byLevel((level) => entity(row, level))));
  return bodies;
}

const PAGE = byLevel((level) => page(level, (data, metadata) => `{${rowText(data, metadata)}}`));
const SELECTED = byLevel((level) => page(level, (data, metadata) => selectedText(data, metadata, false)));
const SELECTED_WITH_KEYS = byLevel((level) => page(level, (data, metadata) => selectedText(data, metadata, true)));

const NOTHING = Buffer.alloc(0);
const BATCH = Buffer.from(
  [
    '--batchresponse_1',
    'Content-Type: multipart/mixed; boundary=changesetresponse_1',
    '',
    ...Array.from({ length: 100 }, (_, index) => [
      '--changesetresponse_1',
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      '',
      'HTTP/1.1 204 No Content',
      `Content-ID: ${index + 1}`,
      'X-Content-Type-Options: nosniff',
      'Cache-Control: no-cache',
      'Preference-Applied: return-no-content',
      'DataServiceVersion: 3.0;',
      `Location: https://account.table.core.windows.net/Samples(PartitionKey='p0001',RowKey='${index}')`,
      `DataServiceId: https://account.table.core.windows.net/Samples(PartitionKey='p0001',RowKey='${index}')`,
      `ETag: ${ETAG}`,
      '',
      '',
    ]).flat(),
    '--changesetresponse_1--',
    '--batchresponse_1--',
    '',
  ].join('\r\n'),
);

/** Headers that the service sends with every response. */
const USUAL = {
  'cache-control': 'no-cache',
  server: 'Windows-Azure-Table/1.0 Microsoft-HTTPAPI/2.0',
  'x-ms-request-id': '1054b4a9-d002-0002-06eb-3d8aac000000',
  'x-ms-version': '2019-02-02',
  'x-content-type-options': 'nosniff',
};

const json = (level: Metadata): Record<string, string> => ({
  ...USUAL,
  'content-type': `application/json;odata=${level === 'minimal' ? 'minimalmetadata' : 'nometadata'};streaming=true;charset=utf-8`,
  etag: ETAG,
});

/** Returns the service's response to a method, an address and the requested level of metadata. */
export function cannedAnswer(method: string, url: string, accept: string): CannedAnswer {
  const level: Metadata = accept.includes('nometadata') ? 'none' : 'minimal';
  if (method === 'POST' && url.includes('$batch')) {
    return {
      status: 202,
      headers: { ...USUAL, 'content-type': 'multipart/mixed; boundary=batchresponse_1' },
      body: BATCH,
    };
  }
  if (method !== 'GET') return { status: 204, headers: { ...USUAL, etag: ETAG }, body: NOTHING };
  const address = decodeURIComponent(url);
  const row = /\(PartitionKey='p0001',RowKey='r(\d+)'\)/i.exec(address)?.[1];
  if (row !== undefined) return { status: 200, headers: json(level), body: entityAt(Number(row))[level] };
  const isSelection = address.includes('$select=');
  const body = isSelection ? (/\$select=[^&]*PartitionKey/.test(address) ? SELECTED_WITH_KEYS : SELECTED) : PAGE;
  return { status: 200, headers: json(level), body: body[level] };
}
