import type { EdmType } from '../../edm/edm-type.js';
import { propertySize } from '../../store/entity-size.js';
import type { RowShape } from '../../store/row.js';
import { TYPE_SUFFIX } from './row-layout.js';

/** How a property of a type stands in the JSON of a request, but for its value. */
export interface WrittenMember {
  readonly name: string;
  readonly type: EdmType;
  /** What is mostly written before it. */
  readonly previous: WrittenMember | undefined;
  /** What stands between the value of the previous one and its own. */
  readonly between: string;
  /** The last part of that: the comma and the name; the quotation mark too, where the value is a text. */
  readonly before: string;
  /** What stands after it: the type too, where the service could mistake it. */
  readonly after: string;
  /** Whether a byte is a character in what stands around the value. */
  readonly isAscii: boolean;
  /** What the property weighs, by the service's formula, but for what a String or Binary holds. */
  readonly size: number;
}

/** Types whose values are no text in JSON. */
const BARE: ReadonlySet<EdmType> = new Set(['Boolean', 'Double', 'Int32']);

/** Types that the service knows without being told. */
const TOLD: ReadonlySet<EdmType> = new Set(['Boolean', 'Int32', 'String']);

/** Works out how properties of a name and a type are written. */
export function writtenMember(name: string, type: EdmType, previous?: WrittenMember): WrittenMember {
  const quote = BARE.has(type) ? '' : '"';
  const before = piece(',', JSON.stringify(name), ':', quote);
  const after = TOLD.has(type) ? quote : piece(quote, ',', JSON.stringify(name + TYPE_SUFFIX), ':"Edm.', type, '"');
  const between = piece(previous?.after ?? '', before);
  const isAscii = Buffer.byteLength(name) === name.length;
  return { name, type, previous, between, before, after, isAscii, size: propertySize(name, type) };
}

/** The same for all properties of a shape, by slot: written in this order, what is between two is one piece. */
export function writtenMembers({ properties }: RowShape): readonly WrittenMember[] {
  const members: WrittenMember[] = [];
  for (const { name, type } of properties) members.push(writtenMember(name, type, members.at(-1)));
  return members;
}

/** One flat text: what is added up would stay a tree, to be walked each time that a text made of it is read. */
function piece(...texts: readonly string[]): string {
  return texts.join('');
}
