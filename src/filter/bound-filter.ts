import type { KeyTemplate } from '../metadata/key-template.js';
import type { ComparisonOperator, FilterNode } from '../store/filter-node.js';

/** Asks one part of a composed key; whether a key range says it depends on what else is known of the key. */
export interface PartTest {
  readonly kind: 'part';
  readonly template: KeyTemplate;
  /** The part's place in the template. */
  readonly index: number;
  /** By the order of the stored texts: a reversed converter has turned it round. */
  readonly operator: ComparisonOperator | 'startsWith';
  /** The part's text as it stands in keys, escaped. */
  readonly text: string;
  /** As the application wrote it, for messages. */
  readonly asked: { readonly property: string; readonly operator: string };
  /** The same, asked of the property that stores the part as well, where one does. */
  readonly copy?: (() => BoundFilter) | undefined;
}

/** A filter on a class's rows: names and operands are resolved, key parts wait for the conjunction they stand in. */
export type BoundFilter =
  | { readonly kind: 'always'; readonly holds: boolean }
  | { readonly kind: 'stored'; readonly node: FilterNode }
  | PartTest
  | { readonly kind: 'and' | 'or'; readonly operands: readonly BoundFilter[] }
  | { readonly kind: 'not'; readonly operand: BoundFilter };
