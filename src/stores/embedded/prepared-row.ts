import { isSystemName } from '../../edm/names.js';
import { keyedSize, type ServiceLimits } from '../../store/limits.js';
import type { PreparedWrite, WriteMode, WriteOperation } from '../../store/table-store.js';
import { keyProblem, refusal, type RuleViolation } from './service-rules.js';
import type { EngineRow } from './ordered-rows.js';
import type { EncodedWrite } from './rows/row-encoder.js';
import { operationWireBytes } from './rows/wire-size.js';

/** True for the modes that require an `If-Match` condition; writes of the other modes must not have one. */
const CONDITIONAL: Readonly<Record<WriteMode, boolean>> = {
  insert: false,
  merge: true,
  replace: true,
  'upsert-merge': false,
  'upsert-replace': false,
  delete: true,
};

/**
 * ETags that the service can parse: weak ones only, with an upper- or lower-case `W`, and without characters that are
 * invalid in a header. The case matters when ETags are compared: `w/"…"` does not match a row whose ETag is `W/"…"`.
 */
const ETAG = /^[Ww]\/"(?:[^"\p{Cc}]|\\")*"$/u;

/** A write of the embedded engine: encoded, measured, and checked as far as possible without the stored row. */
export class PreparedRow implements PreparedWrite {
  readonly mode: WriteMode;
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly bytes: number;
  readonly entityBytes: number;
  readonly ifMatch: string | undefined;
  readonly remove: readonly string[] | undefined;
  /**
   * The row that this write stored when it was last submitted; `undefined` if it has not been stored yet, or was merged
   * into an existing row. `etag` is the ETag that the row received.
   */
  stored: EngineRow | undefined;
  etag: string | undefined;
  /** The reason why the service would refuse the write regardless of what the table contains. */
  readonly problem: RuleViolation | undefined;

  constructor(
    readonly table: string,
    operation: WriteOperation,
    /** The encoded properties; none for a delete. */
    readonly encoded: EncodedWrite,
    limits: ServiceLimits,
  ) {
    const { mode, partitionKey, rowKey, ifMatch, remove } = operation;
    this.mode = mode;
    this.partitionKey = partitionKey;
    this.rowKey = rowKey;
    this.ifMatch = ifMatch;
    this.remove = remove;
    this.bytes = operationWireBytes(partitionKey, rowKey) + encoded.wireBytes;
    this.entityBytes = mode === 'delete' ? 0 : keyedSize(partitionKey, rowKey) + encoded.entityBytes;
    this.problem =
      keyProblem(partitionKey, rowKey, limits, mode === 'insert') ??
      conditionProblem(operation) ??
      encoded.problem ??
      sizeProblem(this.entityBytes, limits);
  }
}

function conditionProblem({ mode, ifMatch, remove }: WriteOperation): RuleViolation | undefined {
  if (CONDITIONAL[mode] !== (ifMatch !== undefined)) {
    return refusal(
      'InvalidInput',
      CONDITIONAL[mode] ? `A ${mode} needs an ETag, or '*'.` : `An ${mode} takes no ETag.`,
    );
  }
  if (ifMatch !== undefined && ifMatch !== '*' && !ETAG.test(ifMatch)) {
    return refusal(
      'InvalidInput',
      `The ETag of the ${mode} is not one the service gives. Pass it as it was read, or '*'.`,
    );
  }
  if (remove === undefined || remove.length === 0) return undefined;
  if (mode !== 'merge') return refusal('InvalidInput', `Only a merge removes properties; this is a ${mode}.`);
  const system = remove.find(isSystemName);
  return system === undefined ? undefined : refusal('InvalidInput', `${system} cannot be removed from a row.`);
}

/** Returns why the service would refuse an entity of this size; `undefined` if it would not. */
export function sizeProblem(entityBytes: number, limits: ServiceLimits): RuleViolation | undefined {
  return entityBytes > limits.entityBytes
    ? refusal('EntityTooLarge', `The entity has ${entityBytes} bytes; the store takes ${limits.entityBytes}. Split it.`)
    : undefined;
}

/**
 * Returns why the service would refuse these writes as one request regardless of what the table contains; `undefined`
 * if it would not. `operation` is the index of the refused write.
 */
export function batchProblem(
  writes: readonly PreparedRow[],
  limits: ServiceLimits,
): { readonly refusal: RuleViolation; readonly operation?: number } | undefined {
  if (writes.length > limits.transactionWrites) {
    const message = `A transaction has at most ${limits.transactionWrites} writes; this one has ${writes.length}. Split it.`;
    return { refusal: refusal('InvalidInput', message), operation: limits.transactionWrites };
  }
  const only = writes[0];
  if (writes.length <= 1) return only?.problem && { refusal: only.problem, operation: 0 };
  const bytes = writes.reduce((sum, write) => sum + write.bytes, 0);
  if (bytes > limits.transactionBytes) {
    const message = `The body of a transaction has at most ${limits.transactionBytes} bytes; this one has ${bytes}. Split it.`;
    return { refusal: refusal('RequestBodyTooLarge', message) };
  }
  const other = writes.findIndex(({ partitionKey }) => partitionKey !== only?.partitionKey);
  if (other > 0) {
    const message = 'A transaction writes to one partition; this one writes to several. Split it.';
    return { refusal: refusal('CommandsInBatchActOnDifferentPartitions', message), operation: other };
  }
  const seen = new Set<string>();
  const twice = writes.findIndex(({ rowKey }) => seen.size === seen.add(rowKey).size);
  if (twice > 0) {
    const message = 'A transaction writes an entity once; this one writes it twice. Join the two writes.';
    return { refusal: refusal('InvalidDuplicateRow', message), operation: twice };
  }
  const faulty = writes.findIndex(({ problem }) => problem !== undefined);
  return faulty < 0 ? undefined : { refusal: writes[faulty]!.problem!, operation: faulty };
}
