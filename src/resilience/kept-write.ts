import type { RowShape } from '../store/row.js';
import type { PreparedWrite, Rows, WriteMode, WriteOperation } from '../store/table-store.js';
import type { Rivals } from './rivals.js';

/** What settles the writes of a data source whose answers were lost. */
export interface Settling {
  readonly rivals: Rivals;
  /** Whether rows that hold what was written prove that it was. */
  readonly trustsContent: boolean;
}

const NO_NAMES: readonly string[] = Object.freeze([]);

/** A prepared write with what it takes to read it back. */
export class KeptWrite implements PreparedWrite {
  /** The write as its store prepared it. */
  readonly write: PreparedWrite;
  /** What prepared it. */
  readonly rows: Rows;
  readonly shape: RowShape;
  readonly ifMatch: string | undefined;
  /** Names that a merge takes away. */
  readonly remove: readonly string[];
  readonly settling: Settling;

  constructor(
    write: PreparedWrite,
    rows: Rows,
    shape: RowShape,
    { ifMatch, remove = NO_NAMES }: WriteOperation,
    settling: Settling,
  ) {
    this.write = write;
    this.rows = rows;
    this.shape = shape;
    this.ifMatch = ifMatch;
    this.remove = remove;
    this.settling = settling;
  }

  get mode(): WriteMode {
    return this.write.mode;
  }

  get partitionKey(): string {
    return this.write.partitionKey;
  }

  get rowKey(): string {
    return this.write.rowKey;
  }

  get bytes(): number {
    return this.write.bytes;
  }

  get entityBytes(): number {
    return this.write.entityBytes;
  }
}
