import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { isEntityTag, isJson, WrongAnswer } from './wrong-answer.js';

/** The response to a read of one row, before the row is decoded. */
export interface PointAnswer {
  readonly etag: string;
  readonly text: string;
}

/** Validates the response to a read of one row. Throws `WrongAnswer` if the response cannot contain a row. */
export function pointAnswer(response: PipelineResponse): PointAnswer {
  const { headers, bodyAsText } = response;
  const etag = headers.get('etag');
  if (response.status !== 200) throw new WrongAnswer('it has another status', response);
  if (!isJson(headers)) throw new WrongAnswer('it is no JSON', response);
  if (!isEntityTag(etag)) throw new WrongAnswer('it has no ETag', response);
  return { etag, text: bodyAsText ?? '' };
}

/** Returns whether a text is a JSON object with this partition key and row key. */
export function hasKeys(text: string, partitionKey: string, rowKey: string): boolean {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    return false;
  }
  const { PartitionKey, RowKey } = Object(row) as { readonly PartitionKey?: unknown; readonly RowKey?: unknown };
  return PartitionKey === partitionKey && RowKey === rowKey;
}
