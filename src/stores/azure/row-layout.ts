import { EDM_TYPES, type EdmType } from '../../edm/edm-type.js';
import type { RowShape } from '../../store/row.js';

/** The suffix of the member that names a property's type. */
export const TYPE_SUFFIX = '@odata.type';

/** EDM types by their full names, as annotations spell them. */
export const EDM_TYPE_BY_NAME: ReadonlyMap<unknown, EdmType> = new Map(EDM_TYPES.map((type) => [`Edm.${type}`, type]));

/** What a shape's slots are in JSON, worked out once. */
export interface RowLayout {
  readonly names: readonly string[];
  readonly types: readonly EdmType[];
  /** How many bytes each name has beyond one for each UTF-16 unit. */
  readonly wideNames: readonly number[];
  /** `,"name":`, to write. */
  readonly prefixes: readonly string[];
  /** `,"name@odata.type":"Edm.Type"`, to write beside a value of the declared type. */
  readonly typeMembers: readonly string[];
}

/** Works out the JSON names of a shape. */
export function rowLayout({ properties }: RowShape): RowLayout {
  const names = properties.map(({ name }) => name);
  return {
    names,
    types: properties.map(({ type }) => type),
    wideNames: names.map(wideBytes),
    prefixes: names.map(memberPrefix),
    typeMembers: properties.map(({ name, type }) => typeMember(name, type)),
  };
}

/** What stands before a member's value, but for the first. */
export function memberPrefix(name: string): string {
  return `,${JSON.stringify(name)}:`;
}

/** The member that tells a property's type. */
export function typeMember(name: string, type: EdmType): string {
  return `${memberPrefix(name + TYPE_SUFFIX)}"Edm.${type}"`;
}

const NOT_ASCII = /[\u0080-\uffff]/;

/** What a text takes in UTF-8 beyond a byte for each unit: nothing for most, which is quicker to see than to count. */
export function wideBytes(text: string): number {
  return NOT_ASCII.test(text) ? Buffer.byteLength(text) - text.length : 0;
}
