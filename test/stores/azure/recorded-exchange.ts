import { readFileSync } from 'node:fs';
import type { EdmType } from '../../../src/edm/edm-type.js';
import { EntitableError } from '../../../src/errors/entitable-error.js';
import type { RowWriter } from '../../../src/store/row.js';
import type { PreparedWrite, TableStore, WriteMode } from '../../../src/store/table-store.js';
import type { CannedAnswer, SentRequest } from './canned-service.js';
import { shapeOf } from './row-values.js';

/** A recorded request and its response. */
export interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  readonly response: Required<Omit<CannedAnswer, 'foreign'>>;
}

/** Returns the recorded exchanges of a family of operations. */
export function exchanges(family: string): readonly Exchange[] {
  const file = new URL(`../../../../test/fixtures/recorded/${family}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Exchange[];
}

/** Returns one recorded exchange. */
export function recorded(family: string, name: string): Exchange {
  const exchange = exchanges(family).find((one) => one.name === name);
  if (exchange === undefined) throw new Error(`no ${family} exchange is called ${name}`);
  return exchange;
}

type Sent = Pick<SentRequest, 'method' | 'url' | 'headers' | 'body'>;

/**
 * Returns the parts of a request that matter: its method, target, conditions, media types and the meaning of its body.
 */
export function comparable({ method, url, headers, body }: Sent): Readonly<Record<string, unknown>> {
  const target = new URL(url, 'https://account.table.core.windows.net');
  const header = (name: string) => Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return {
    method: method === 'PATCH' ? 'MERGE' : method,
    path: decodeURIComponent(target.pathname),
    query: [...target.searchParams].toSorted(byName),
    accept: header('accept'),
    ifMatch: header('if-match'),
    prefer: header('prefer'),
    contentType: header('content-type'),
    body: body === undefined ? undefined : meaning(body),
  };
}

/**
 * Removes nulls from a body, which the service ignores, and the one annotation that repeats the type of its JSON value.
 */
function meaning(body: string): Readonly<Record<string, unknown>> {
  const members = Object.entries(JSON.parse(body) as Record<string, unknown>);
  return Object.fromEntries(members.filter(([, value]) => value !== null && value !== 'Edm.Double').toSorted(byName));
}

/** Returns the requests in the body of a batch. */
export function partsOf(body: string): readonly Sent[] {
  return [...body.matchAll(/^(\w+) (\/\S*|https?:\/\/\S*) HTTP\/1\.1\r?\n([^]*?)\r?\n\r?\n([^]*?)\r?\n/gm)].map(
    ([, method, url, head, text]) => ({
      method: method!,
      url: url!,
      headers: Object.fromEntries(head!.split(/\r?\n/).map((line) => line.split(/: (.*)/) as [string, string])),
      body: text!.startsWith('{') ? text! : undefined,
    }),
  );
}

/** Prepares the write of a recorded request in a store. */
export function preparedAs(
  store: TableStore,
  { method, url, headers, body }: Sent | Exchange['request'],
): PreparedWrite {
  const entity = JSON.parse(body ?? '{}') as Record<string, unknown>;
  const keys = /PartitionKey='(.*)',RowKey='(.*)'\)/.exec(decodeURIComponent(url));
  const key = (index: number, name: string) => keys?.[index]?.replaceAll("''", "'") ?? (entity[name] as string);
  const names = Object.keys(entity).filter(
    (name) => !name.includes('@') && !['PartitionKey', 'RowKey'].includes(name) && entity[name] !== null,
  );
  const shape = shapeOf(Object.fromEntries(names.map((name) => [name, typeOf(entity, name)])));
  const ifMatch = headers['If-Match'];
  return store.rows('People', shape).prepare({
    mode: modeOf(method, ifMatch),
    partitionKey: key(1, 'PartitionKey'),
    rowKey: key(2, 'RowKey'),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    write: (writer) => {
      names.forEach((name, slot) => writeText(writer, slot, shape.properties[slot]!.type, entity[name]));
    },
  });
}

function modeOf(method: string, ifMatch: string | undefined): WriteMode {
  const conditional = ifMatch !== undefined;
  switch (method) {
    case 'POST':
      return 'insert';
    case 'PUT':
      return conditional ? 'replace' : 'upsert-replace';
    case 'DELETE':
      return 'delete';
    default:
      return conditional ? 'merge' : 'upsert-merge';
  }
}

function typeOf(entity: Readonly<Record<string, unknown>>, name: string): EdmType {
  const annotation = entity[`${name}@odata.type`] as string | undefined;
  if (annotation !== undefined) return annotation.slice('Edm.'.length) as EdmType;
  const value = entity[name];
  if (typeof value === 'number') return name === 'evenratio' || !Number.isInteger(value) ? 'Double' : 'Int32';
  return typeof value === 'boolean' ? 'Boolean' : 'String';
}

function writeText(writer: RowWriter, slot: number, type: string, value: unknown): void {
  const text = String(value);
  const write: Readonly<Record<string, () => void>> = {
    Binary: () => writer.binary(slot, Buffer.from(text, 'base64')),
    Boolean: () => writer.boolean(slot, value as boolean),
    DateTime: () => writer.dateTime(slot, Date.parse(text), 0),
    Double: () => writer.double(slot, value as number),
    Guid: () => writer.guid(slot, text),
    Int32: () => writer.int32(slot, value as number),
    Int64: () => writer.int64(slot, BigInt(text)),
    String: () => writer.string(slot, text),
  };
  write[type]!();
}

/** Returns the code of an `EntitableError`. */
export function codeOf(error: unknown): string {
  return EntitableError.is(error) ? error.code : String(error);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
