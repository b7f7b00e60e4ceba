import { EDM_TYPES, type EdmType } from '../../../edm/edm-type.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type Slot, type RowShape } from '../../../store/row.js';

/** Suffix of the member that annotates a property's type. */
export const TYPE_SUFFIX = '@odata.type';

/** EDM types by the full names that annotations use, e.g. `Edm.Int64`. */
export const EDM_TYPE_BY_NAME: ReadonlyMap<unknown, EdmType> = new Map(EDM_TYPES.map((type) => [`Edm.${type}`, type]));

/** Names and types of a shape's properties, indexed by slot. Computed once for each table and shape. */
export interface RowLayout {
  /** The table's name, for messages. */
  readonly table: string;
  readonly names: readonly string[];
  readonly types: readonly EdmType[];
}

/** Returns the {@link RowLayout} of a shape, the properties that a class declares. */
export function rowLayout(table: string, { properties }: RowShape): RowLayout {
  return { table, names: properties.map(({ name }) => name), types: properties.map(({ type }) => type) };
}

/** Slot of the row's ETag. */
export const ETAG: Slot = -4;
/** Slot shared by all members that the shape does not declare. Its value is never read. */
export const OTHER: Slot = -5;

const SYSTEM: readonly (readonly [name: string, slot: Slot])[] = [
  ['PartitionKey', PARTITION_KEY],
  ['RowKey', ROW_KEY],
  ['Timestamp', TIMESTAMP],
  ['odata.etag', ETAG],
];

/**
 * Matches the text before a value: `,"name":` or `,"name@odata.type":"Edm.Type","name":`. The first member of a row
 * begins with a brace instead of the comma.
 */
const PREFIX = /^[{,]"((?:[^"\\]|\\.)*?)(?:@odata\.type":"([^"\\]*)","\1)?":/;

/**
 * Length of the longest prefix: two names of 255 UTF-16 units, each of them escaped in six characters, plus the
 * annotation and punctuation.
 */
const MAX_PREFIX_LENGTH = 2 * 255 * 6 + 64;

/**
 * Maximum number of distinct members that are remembered. When it is reached, all are forgotten. It bounds the memory
 * for a table in which the names differ from row to row, and has room for almost four rows with the maximum of 252
 * properties.
 */
const MAX_KNOWN = 1000;

/**
 * Maximum number of remembered members that are compared with the bytes of a member before those bytes are parsed. A
 * row may lack properties that earlier rows had, so several may have to be skipped. Without the bound, a new member
 * would be compared with all remembered ones.
 */
const MAX_SKIPPED = 32;

/**
 * A JSON member (a name with an optional type annotation) that occurred in earlier rows, identified by the bytes before
 * its value. These bytes are compared four at a time.
 */
class RowMember {
  /** The member that is expected to follow this one in a row, judging by earlier rows. */
  next: RowMember | undefined;
  readonly length: number;
  readonly ascii: boolean;
  readonly #words: Int32Array;

  /** @param type The annotated type, if there is an annotation. */
  constructor(
    prefix: Buffer,
    readonly slot: Slot,
    readonly type: EdmType | undefined,
  ) {
    const { length } = prefix;
    const words = new Int32Array(Math.ceil(length / 4));
    let all = 0;
    for (let index = 0; index < words.length; index++)
      all |= words[index] = prefix.readInt32BE(Math.min(index * 4, length - 4));
    this.length = length;
    this.ascii = (all & 0x80808080) === 0;
    this.#words = words;
  }

  /** Returns whether the bytes at an index equal the bytes before this member's value. */
  isAt(view: DataView, at: number): boolean {
    const words = this.#words;
    const last = words.length - 1;
    const tail = at + this.length - 4;
    if (tail + 4 > view.byteLength || view.getInt32(tail) !== words[last]) return false;
    for (let index = 0; index < last; index++) if (view.getInt32(at + index * 4) !== words[index]) return false;
    return true;
  }
}

/**
 * Remembers the JSON members of the rows that were read from a table. Most rows have the same members as the row
 * before, in the same order, so they are recognised by comparing bytes.
 */
export class RowMembers {
  /**
   * A sentinel that precedes the first member of every row. Each member refers to the one that is expected after it;
   * the sentinel refers to the expected first member.
   */
  readonly start = new RowMember(Buffer.alloc(4), OTHER, undefined);
  /** Number of slots, including the negative ones. */
  readonly slots: number;
  readonly #known = new Map<string, RowMember>();
  readonly #slots: ReadonlyMap<string, Slot>;

  constructor(readonly layout: RowLayout) {
    const { names } = layout;
    this.slots = names.length - OTHER;
    this.#slots = new Map([...names.map((name, slot) => [name, slot] as const), ...SYSTEM]);
  }

  /**
   * Returns the member that begins at an index, given the member before it in the row, or `start` for the first one.
   * Returns `undefined` if the bytes are not in the compact form that `JsonRowReader` describes.
   */
  after(previous: RowMember, bytes: Buffer, view: DataView, at: number): RowMember | undefined {
    let member = previous.next;
    for (let skipped = 0; member !== undefined && skipped < MAX_SKIPPED; skipped++) {
      if (member.isAt(view, at)) return member;
      member = member.next;
    }
    return this.#learn(previous, bytes, at);
  }

  #learn(previous: RowMember, bytes: Buffer, at: number): RowMember | undefined {
    const match = PREFIX.exec(bytes.toString('latin1', at, at + MAX_PREFIX_LENGTH));
    if (match === null) return undefined;
    const [prefix, { length }, type] = match as unknown as readonly [string, string, string | undefined];
    const member = this.#known.get(prefix) ?? this.#make(bytes, at, prefix, length, type);
    if (member === undefined) return undefined;
    member.next ??= previous.next; // the old successor of `previous` most likely follows the new member
    previous.next = member;
    return member;
  }

  #make(
    bytes: Buffer,
    at: number,
    prefix: string,
    nameLength: number,
    annotation: string | undefined,
  ): RowMember | undefined {
    const from = at + '{"'.length;
    const name = nameOf(bytes.toString('utf8', from, from + nameLength));
    if (name?.endsWith(TYPE_SUFFIX) !== false) return undefined; // the annotation of a property that is not next to it
    if (this.#known.size === MAX_KNOWN) {
      this.#known.clear();
      this.start.next = undefined;
    }
    const type = annotation === undefined ? undefined : EDM_TYPE_BY_NAME.get(annotation);
    if (type === undefined && annotation !== undefined) return undefined; // an unknown type
    const own = bytes.subarray(at, at + prefix.length);
    const member = new RowMember(own, this.#slots.get(name) ?? OTHER, type);
    // The key is not `prefix`, because that is a slice, which would keep the whole decoded text alive.
    this.#known.set(own.toString('latin1'), member);
    return member;
  }
}

/** Decodes a member name. Returns `undefined` if it is not valid JSON. */
function nameOf(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
