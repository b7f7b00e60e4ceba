import { keySize, type ServiceLimits } from '../../store/limits.js';
import { refusal, type Refusal } from './refusal.js';

// eslint-disable-next-line no-control-regex -- these are the characters the service forbids
const FORBIDDEN = /[/\\#?\u0000-\u001f\u007f-\u009f]/;

/** Why the service would refuse a row's keys. `inBody`: an insert carries its keys in its body, which the service answers with another code. */
export function keyProblem(
  partitionKey: string,
  rowKey: string,
  limits: ServiceLimits,
  inBody: boolean,
): Refusal | undefined {
  return (
    oneKeyProblem('PartitionKey', partitionKey, limits.keyBytes.partition, limits, inBody) ??
    oneKeyProblem('RowKey', rowKey, limits.keyBytes.row, limits, inBody)
  );
}

function oneKeyProblem(
  name: string,
  key: string,
  limit: number,
  limits: ServiceLimits,
  inBody: boolean,
): Refusal | undefined {
  if (typeof key !== 'string')
    return refusal('InvalidInput', `The ${name} is a string, not ${key === null ? 'null' : typeof key}.`);
  if (FORBIDDEN.test(key)) {
    return refusal(
      inBody ? 'OutOfRangeInput' : 'InvalidInput',
      `The ${name} has a character that keys must not have: one of / \\ # ? or a control character. Escape it, as key templates do.`,
    );
  }
  const size = keySize(key, limits);
  return size > limit
    ? refusal('PropertyValueTooLarge', `The ${name} has ${size} bytes; the store takes ${limit}. Shorten it.`)
    : undefined;
}
