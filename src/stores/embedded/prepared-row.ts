import { isSystemName } from '../../edm/property-name.js';
import { keyedSize } from '../../store/entity-size.js';
import type { ServiceLimits } from '../../store/limits.js';
import type { PreparedWrite, WriteMode, WriteOperation } from '../../store/table-store.js';
import { keyProblem } from './key-problem.js';
import type { StoredRow } from './ordered-rows.js';
import { refusal, type Refusal } from './refusal.js';
import type { EncodedWrite } from './row-encoder.js';
import { operationWireBytes } from './wire-size.js';

/** Which modes ask for an `If-Match`; the others must not have one. */
const CONDITIONAL: Readonly<Record<WriteMode, boolean>> = {
  insert: false,
  merge: true,
  replace: true,
  'upsert-merge': false,
  'upsert-replace': false,
  delete: true,
};

/**
 * The ETags that the service reads: weak ones alone, the letter in either case. One that differs from a row's by no more than that case is
 * another. No character that a header cannot hold.
 */
const ETAG = /^[Ww]\/"(?:[^"\p{Cc}]|\\")*"$/u;

/** A write of the embedded engine: encoded, weighed, and checked as far as it can be without the row it meets. */
export class PreparedRow implements PreparedWrite {
  readonly mode: WriteMode;
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly bytes: number;
  readonly entityBytes: number;
  readonly ifMatch: string | undefined;
  readonly remove: readonly string[] | undefined;
  /** The row as it was stored last, where that is all that was sent, and the ETag it was given. */
  stored: StoredRow | undefined;
  etag: string | undefined;
  /** Why the service would refuse it, whatever the table holds. */
  readonly problem: Refusal | undefined;

  constructor(
    readonly table: string,
    operation: WriteOperation,
    /** Without properties for a delete. */
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

function conditionProblem({ mode, ifMatch, remove }: WriteOperation): Refusal | undefined {
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

/** Why the service would refuse an entity of so many bytes. */
export function sizeProblem(entityBytes: number, limits: ServiceLimits): Refusal | undefined {
  return entityBytes > limits.entityBytes
    ? refusal('EntityTooLarge', `The entity has ${entityBytes} bytes; the store takes ${limits.entityBytes}. Split it.`)
    : undefined;
}
