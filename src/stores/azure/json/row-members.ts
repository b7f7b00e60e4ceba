import { EDM_TYPES, type EdmType } from '../../../edm/edm-type.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type Slot, type RowShape } from '../../../store/row.js';

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

/** The slot of a row's ETag. */
export const ETAG: Slot = -4;
/** The slot of whatever nobody reads. */
export const OTHER: Slot = -5;

const SYSTEM: readonly (readonly [name: string, slot: Slot])[] = [
  ['PartitionKey', PARTITION_KEY],
  ['RowKey', ROW_KEY],
  ['Timestamp', TIMESTAMP],
  ['odata.etag', ETAG],
];

/** What stands before a value: `,"name":`, or `,"name@odata.type":"Edm.Type","name":`, with a brace where the row begins. */
const PREFIX = /^[{,]"((?:[^"\\]|\\.)*?)(?:@odata\.type":"([^"\\]*)","\1)?":/;

/** The longest prefix: two names of 255 units that are escaped, a type, and what is around them. */
const LONGEST = 2 * 255 * 6 + 64;

/** How many members are learned before all are forgotten: a table may have another name in each row. */
const MOST = 1000;

/** How many members are tried that may have been left out. */
const TRIES = 32;

/** A member of a row, known by the bytes before its value, which are compared four at a time. */
class RowMember {
  /** What came after it the last time. */
  next: RowMember | undefined;
  readonly length: number;
  readonly ascii: boolean;
  readonly #words: Int32Array;

  /** @param type The type that its annotation tells, if it has one. */
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

  /** Whether it stands at an index. */
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
 * The members that the rows of a table were seen to have. Nearly every row has those of the row before it, in the same order, so that
 * they need only be compared.
 */
export class RowMembers {
  /** Stands before the first member of each row. */
  readonly start = new RowMember(Buffer.alloc(4), OTHER, undefined);
  /** How many slots there are, the negative ones included. */
  readonly slots: number;
  readonly #known = new Map<string, RowMember>();
  readonly #slots: ReadonlyMap<string, Slot>;

  constructor(readonly layout: RowLayout) {
    const { names } = layout;
    this.slots = names.length - OTHER;
    this.#slots = new Map([...names.map((name, slot) => [name, slot] as const), ...SYSTEM]);
  }

  /** The member that stands at an index, after another. Nothing for what is not written as the service writes it. */
  after(previous: RowMember, bytes: Buffer, view: DataView, at: number): RowMember | undefined {
    let member = previous.next;
    for (let tries = 0; member !== undefined && tries < TRIES; tries++) {
      if (member.isAt(view, at)) return member;
      member = member.next;
    }
    return this.#learn(previous, bytes, at);
  }

  #learn(previous: RowMember, bytes: Buffer, at: number): RowMember | undefined {
    const match = PREFIX.exec(bytes.toString('latin1', at, at + LONGEST));
    if (match === null) return undefined;
    const [prefix, { length }, type] = match as unknown as readonly [string, string, string | undefined];
    const member = this.#known.get(prefix) ?? this.#make(bytes, at, prefix, length, type);
    if (member === undefined) return undefined;
    member.next ??= previous.next; // what came there before it comes after it, most likely
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
    if (name?.endsWith(TYPE_SUFFIX) !== false) return undefined; // of a property that stands elsewhere
    if (this.#known.size === MOST) {
      this.#known.clear();
      this.start.next = undefined;
    }
    const type = annotation === undefined ? undefined : EDM_TYPE_BY_NAME.get(annotation);
    if (type === undefined && annotation !== undefined) return undefined; // a type that there is none of
    const own = bytes.subarray(at, at + prefix.length);
    const member = new RowMember(own, this.#slots.get(name) ?? OTHER, type);
    this.#known.set(own.toString('latin1'), member); // the other is a slice, which keeps all of its text alive
    return member;
  }
}

/** A name as it stands between quotes; nothing where JSON knows no such text. */
function nameOf(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
