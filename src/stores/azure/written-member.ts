import type { EdmType } from '../../edm/edm-type.js';
import { propertySize } from '../../store/entity-size.js';
import { TYPE_SUFFIX } from './row-layout.js';

/** How a property of a type stands in the JSON of a request, but for its value. */
export interface WrittenMember {
  readonly name: string;
  readonly type: EdmType;
  /** What stands before the value, and the comma before it; the quotation mark too, where the value is a text. */
  readonly before: string;
  /** What stands after it: the type too, where the service could mistake it. */
  readonly after: string;
  /** What the property weighs, by the service's formula, but for what a String or Binary holds. */
  readonly size: number;
}

/** Types whose values are no text in JSON. */
const BARE: ReadonlySet<EdmType> = new Set(['Boolean', 'Double', 'Int32']);

/** Types that the service knows without being told. */
const TOLD: ReadonlySet<EdmType> = new Set(['Boolean', 'Int32', 'String']);

/** Works out how properties of a name and a type are written. */
export function writtenMember(name: string, type: EdmType): WrittenMember {
  const quote = BARE.has(type) ? '' : '"';
  const annotation = TOLD.has(type) ? '' : `,${JSON.stringify(name + TYPE_SUFFIX)}:"Edm.${type}"`;
  return {
    name,
    type,
    before: `,${JSON.stringify(name)}:${quote}`,
    after: quote + annotation,
    size: propertySize(name, type),
  };
}
