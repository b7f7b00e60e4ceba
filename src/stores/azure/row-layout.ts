import { EDM_TYPES, type EdmType } from '../../edm/edm-type.js';
import type { RowShape } from '../../store/row.js';

/** The suffix of the member that names a property's type. */
export const TYPE_SUFFIX = '@odata.type';

/** EDM types by their full names, as annotations spell them. */
export const EDM_TYPE_BY_NAME: ReadonlyMap<unknown, EdmType> = new Map(EDM_TYPES.map((type) => [`Edm.${type}`, type]));

/** What a shape's slots are in JSON, worked out once. */
export interface RowLayout {
  /** The table, for messages. */
  readonly table: string;
  readonly names: readonly string[];
  readonly types: readonly EdmType[];
}

/** Works out the JSON names of a shape. */
export function rowLayout(table: string, { properties }: RowShape): RowLayout {
  return { table, names: properties.map(({ name }) => name), types: properties.map(({ type }) => type) };
}
