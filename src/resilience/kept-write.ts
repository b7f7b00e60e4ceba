import type { RowShape } from '../store/row.js';
import type { PreparedWrite, Rows, WriteMode, WriteOperation } from '../store/table-store.js';

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

  constructor(write: PreparedWrite, rows: Rows, shape: RowShape, { ifMatch, remove = [] }: WriteOperation) {
    this.write = write;
    this.rows = rows;
    this.shape = shape;
    this.ifMatch = ifMatch;
    this.remove = remove;
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
