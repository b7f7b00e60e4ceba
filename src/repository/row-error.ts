import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';

const SAYS = {
  'store.already-exists': 'is stored already. Use upsert to write over it.',
  'store.not-found': 'is not stored.',
  'store.precondition-failed': 'was changed meanwhile. Read it again and repeat the change.',
} as const;

type RowCode = keyof typeof SAYS;

/** What is the matter with one row, in the words of its class: the same on every store. */
export function rowError<T extends object>(
  mapper: EntityMapper<T>,
  address: Address,
  code: RowCode,
  refused?: EntitableError,
): EntitableError {
  const details = { table: mapper.table, ...refused?.details };
  return new EntitableError(code, `${rowName(mapper, address)} ${SAYS[code]}`, details, refused && { cause: refused });
}

function rowName<T extends object>({ metadata, table }: EntityMapper<T>, { partitionKey, rowKey }: Address): string {
  return `${metadata.className} ("${partitionKey}", "${rowKey}") of the table ${table}`;
}

/** A refusal by the store, in the words of the class where it is about the row; any other error as it is. */
export function inWordsOf<T extends object>(mapper: EntityMapper<T>, address: Address, error: unknown): unknown {
  return EntitableError.is(error, 'store.') && isRowCode(error.code)
    ? rowError(mapper, address, error.code, error)
    : error;
}

function isRowCode(code: string): code is RowCode {
  return Object.hasOwn(SAYS, code);
}
