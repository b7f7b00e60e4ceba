import { EntitableError } from '../../errors/entitable-error.js';
import type { ServiceLimits } from '../../store/limits.js';
import { LayoutDictionary } from './rows/layout-dictionary.js';
import type { OrderedRows } from './ordered-rows.js';
import { RowCodec } from './rows/row-codec.js';
import { Tables } from './tables.js';

/** The state that the parts of one embedded store share, such as its rows, its tables and whether it is closed. */
export class EngineState {
  readonly layouts: LayoutDictionary;
  readonly codec: RowCodec;
  readonly tables: Tables;
  closed = false;

  constructor(
    readonly rows: OrderedRows,
    readonly limits: ServiceLimits,
    readonly clock: () => number,
    numberedLayouts: number,
  ) {
    this.layouts = new LayoutDictionary(rows, numberedLayouts);
    this.codec = new RowCodec(this.layouts, limits);
    this.tables = new Tables(limits);
  }

  /** Throws `store.closed` if the store is closed. */
  checkOpen(): void {
    if (this.closed) throw new EntitableError('store.closed', 'The store is closed. Open it again to use it.', {});
  }
}
