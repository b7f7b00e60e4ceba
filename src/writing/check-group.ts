import { EntitableError } from '../errors/entitable-error.js';
import type { ErrorDetails } from '../errors/error-details.js';
import type { ServiceLimits } from '../store/limits.js';
import { rowsOf, type TableWrite } from './batch.js';

type Exceeded = Pick<ErrorDetails['commit.not-atomic'], 'reason' | 'found' | 'limit'>;

type Group = readonly Pick<TableWrite, 'write' | 'others'>[];

/**
 * Checks that one transaction can hold the rows of a group, or of groups that must stay in one transaction. Throws
 * `commit.not-atomic`, which names the class of the first entity.
 */
export function checkGroup(group: Group, limits: ServiceLimits, className: string): void {
  const problem = groupProblem(group, limits, className);
  if (problem !== undefined) throw problem;
}

/** Returns the error for a group that no transaction can hold; `undefined` if one can. */
export function groupProblem(
  group: Group,
  { transactionWrites, transactionBytes }: ServiceLimits,
  className: string,
): EntitableError<'commit.not-atomic'> | undefined {
  const rows = rowsOf(group);
  if (rows.length === 1) return undefined; // a single write is not sent as a transaction
  const bytes = rows.reduce((sum, { write }) => sum + write.bytes, 0);
  if (rows.length > transactionWrites) {
    return tooLarge(className, { reason: 'writes', found: rows.length, limit: transactionWrites }, group);
  }
  return bytes > transactionBytes
    ? tooLarge(className, { reason: 'bytes', found: bytes, limit: transactionBytes }, group)
    : undefined;
}

function tooLarge(className: string, exceeded: Exceeded, { length }: Group): EntitableError<'commit.not-atomic'> {
  const { reason, found, limit } = exceeded;
  const subject =
    length === 1
      ? `A ${className} and its entries in indexes are`
      : `${length} entities, among them a ${className}, exchange values of a unique index, so that they and their entries are`;
  return new EntitableError(
    'commit.not-atomic',
    `${subject} written in one transaction, which has at most ${limit} ${reason}; there are ${found}. Nothing was sent.`,
    { ...exceeded, className },
  );
}
