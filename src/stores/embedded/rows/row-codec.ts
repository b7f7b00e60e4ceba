import type { ServiceLimits } from '../../../store/limits.js';
import type { RowShape, RowWriter } from '../../../store/row.js';
import { FIRST_INSTANT } from './instant.js';
import { ownedRow, type RowSource, type EngineRow } from '../ordered-rows.js';
import { LayoutPath } from './layout-path.js';
import { ShapeLayouts, type Layout } from './layout.js';
import type { LayoutDictionary } from './layout-dictionary.js';
import { planMerge, writeMerged, type MergePlan } from './merge-properties.js';
import { RowEncoder, type EncodedWrite } from './row-encoder.js';
import { EmbeddedRowReader } from './embedded-row-reader.js';
import { stampRow } from './row-format.js';

interface Merge extends MergePlan {
  readonly root: LayoutPath;
  readonly before: ShapeLayouts;
  readonly change: ShapeLayouts;
}

/** Encodes and merges rows, and caches everything that depends only on layouts. */
export class RowCodec {
  readonly #layouts: LayoutDictionary;
  readonly #limits: ServiceLimits;
  readonly #idle: RowEncoder[] = [];
  readonly #merges = new WeakMap<Layout, WeakMap<Layout, Merge>>();

  constructor(layouts: LayoutDictionary, limits: ServiceLimits) {
    this.#layouts = layouts;
    this.#limits = limits;
  }

  /**
   * Returns the {@link LayoutPath} (the properties of a row that have been written so far) of a row of this shape
   * before its first property is written.
   */
  root(shape: RowShape): LayoutPath {
    return LayoutPath.root(this.#layouts, this.#limits, shape);
  }

  encode(root: LayoutPath, write: (writer: RowWriter) => void): EncodedWrite {
    const encoder = this.#idle.pop() ?? new RowEncoder(this.#limits);
    try {
      return encoder.encode(root, write);
    } finally {
      this.#idle.push(encoder);
    }
  }

  /** Returns the row that results from merging a change into a stored row. */
  merge(
    before: EngineRow,
    change: EncodedWrite,
    remove: readonly string[] | undefined,
    source: RowSource,
  ): EncodedWrite {
    const layout = this.#layouts.of(before, source);
    const merge = this.#mergeOf(layout, change.layout, remove);
    const old = new EmbeddedRowReader(merge.before, this.#layouts, source).on(before, layout);
    const changed = ownedRow(before.partitionKey, before.rowKey, stampRow(change, 0, FIRST_INSTANT));
    const fresh = new EmbeddedRowReader(merge.change, this.#layouts, source).on(changed, change.layout);
    return this.encode(merge.root, (writer) => writeMerged(merge, old, fresh, writer));
  }

  #mergeOf(before: Layout, change: Layout, remove: readonly string[] | undefined): Merge {
    if (remove !== undefined && remove.length > 0) return this.#newMerge(before, change, remove);
    let known = this.#merges.get(before);
    if (known === undefined) this.#merges.set(before, (known = new WeakMap()));
    let merge = known.get(change);
    if (merge === undefined) known.set(change, (merge = this.#newMerge(before, change, remove)));
    return merge;
  }

  #newMerge(before: Layout, change: Layout, remove: readonly string[] | undefined): Merge {
    const plan = planMerge(before, change, remove);
    return {
      ...plan,
      root: this.root(plan.shape),
      before: new ShapeLayouts(before.shape),
      change: new ShapeLayouts(change.shape),
    };
  }
}
