import type { EdmType } from '../../../edm/edm-type.js';
import type { Guid } from '../../../edm/guid.js';
import {
  PARTITION_KEY,
  TIMESTAMP,
  type RetainedRow,
  type RowReader,
  type Slot,
  type UndeclaredValue,
} from '../../../store/row.js';
import { etagText, readMilliseconds, readTicks } from './instant.js';
import { readGuid } from './row-buffer.js';
import type { Layout, ShapeLayouts, SlotMap } from './layout.js';
import type { LayoutDictionary } from './layout-dictionary.js';
import type { RowSource, EngineRow } from '../ordered-rows.js';
import {
  fixedStartOf,
  layoutNumberOf,
  textFormOf,
  timestampMillisecondsOf,
  timestampTicksOf,
  UTF16,
  UTF8,
} from './row-format.js';
import { formatDateTime } from '../../../edm/date-time.js';
import { doubleText } from '../../../edm/literal.js';

const NO_BYTES = Buffer.alloc(0);
const BOOLEAN_TRUE = 1;
/**
 * Maximum size, in bytes, of the text that is decoded at once from the start of a row's variable part (the content of
 * its Strings and Binaries). Short Strings are slices of that text. It is small because each slice keeps the whole text
 * in memory.
 */
const SHARED_TEXT_BYTES = 256;
/**
 * Maximum size of that text, in bytes, if the row is short. The text then also covers rows after it in the same buffer,
 * about as many as an LMDB scan reads ahead.
 */
const SHARED_TEXT_BYTES_OF_ROWS = 1024;

/**
 * Reads stored rows, one at a time and directly from their bytes. Properties are identified by their slots in a shape.
 */
export class EmbeddedRowReader implements RowReader {
  readonly #shapes: ShapeLayouts;
  readonly #layouts: LayoutDictionary;
  readonly #source: RowSource;
  readonly #withEtag: boolean;
  #row!: EngineRow;
  #bytes: Buffer = NO_BYTES;
  /**
   * A view of `#bytes` that reads numbers faster than a Buffer does. It is created once for all rows in the same
   * buffer.
   */
  #view!: DataView;
  /** A view of `#bytes` that copies parts faster than a Buffer does. It is created on first use. */
  #array: Uint8Array | undefined;
  #start = 0;
  #layoutNumber: number | undefined;
  #layout!: Layout;
  #map!: SlotMap;
  #fixed = 0;
  #variable = 0;
  #writes = 0;
  /** The decoded text that Strings are slices of; `#textStart` and `#textEnd` are its range in `#bytes`. */
  #text = '';
  #textStart = 0;
  #textEnd = 0;

  /** @param source the source of the rows, from which layouts that are not cached yet are also read. */
  constructor(shapes: ShapeLayouts, layouts: LayoutDictionary, source: RowSource, withEtag = true) {
    this.#shapes = shapes;
    this.#layouts = layouts;
    this.#source = source;
    this.#withEtag = withEtag;
  }

  /** Moves this reader to a row. Pass the row's `layout` if the caller knows it already; otherwise it is looked up. */
  on(row: EngineRow, layout?: Layout): this {
    const { bytes, start, writes } = row;
    this.#row = row;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#array = undefined;
      this.#textEnd = 0;
    } else if (writes !== this.#writes) {
      this.#textEnd = 0;
    }
    this.#writes = writes;
    this.#start = start;
    const number = layoutNumberOf(bytes, start);
    if (layout !== undefined || number === undefined || number !== this.#layoutNumber) {
      this.#layoutNumber = layout === undefined ? number : undefined;
      this.#layout = layout ?? this.#layouts.of(row, this.#source);
      this.#map = this.#shapes.of(this.#layout);
    }
    this.#fixed = fixedStartOf(bytes, start);
    this.#variable = this.#fixed + this.#layout.fixedBytes;
    return this;
  }

  typeOf(slot: Slot): EdmType | undefined {
    if (slot >= 0) return this.#map.types[slot];
    return slot === TIMESTAMP ? 'DateTime' : 'String';
  }

  string(slot: Slot): string {
    if (slot < 0) return slot === PARTITION_KEY ? this.#row.partitionKey : this.#rowKey();
    const begin = this.#begin(slot);
    const end = this.#end(slot);
    switch (textFormOf(this.#bytes, this.#start)) {
      case UTF16:
        return this.#bytes.toString('utf16le', begin, end);
      case UTF8:
        return this.#bytes.toString('utf8', begin, end);
      default:
        return this.#latin1(begin, end);
    }
  }

  #rowKey(): string {
    const row = this.#row;
    return row.rowKeyEnd < 0 ? row.rowKey : this.#latin1(row.end, row.rowKeyEnd);
  }

  #latin1(begin: number, end: number): string {
    if (begin < this.#textStart || end > this.#textEnd) {
      const origin = this.#variable;
      if (end > origin + SHARED_TEXT_BYTES) return this.#bytes.toString('latin1', begin, end);
      const isShort = this.#row.end <= origin + SHARED_TEXT_BYTES;
      this.#textStart = origin;
      this.#textEnd = Math.min(this.#row.readEnd, origin + (isShort ? SHARED_TEXT_BYTES_OF_ROWS : SHARED_TEXT_BYTES));
      this.#text = this.#bytes.toString('latin1', origin, this.#textEnd);
    }
    return this.#text.slice(begin - this.#textStart, end - this.#textStart);
  }

  number(slot: Slot): number {
    const at = this.#at(slot);
    return this.#map.types[slot] === 'Int32' ? this.#view.getInt32(at, true) : this.#view.getFloat64(at, true);
  }

  boolean(slot: Slot): boolean {
    return this.#bytes[this.#at(slot)] === BOOLEAN_TRUE;
  }

  int64(slot: Slot): bigint {
    return this.#view.getBigInt64(this.#at(slot), true);
  }

  milliseconds(slot: Slot): number {
    return slot === TIMESTAMP ? this.#timestamp() : readMilliseconds(this.#bytes, this.#at(slot));
  }

  ticks(slot: Slot): number {
    return slot === TIMESTAMP ? timestampTicksOf(this.#bytes, this.#start) : readTicks(this.#bytes, this.#at(slot));
  }

  guid(slot: Slot): Guid {
    return readGuid(this.#view, this.#at(slot));
  }

  binary(slot: Slot): Uint8Array {
    return (this.#array ??= arrayOf(this.#bytes)).slice(this.#begin(slot), this.#end(slot));
  }

  get etag(): string {
    return this.#withEtag ? etagText(this.#timestamp(), timestampTicksOf(this.#bytes, this.#start)) : '';
  }

  *undeclared(): Generator<readonly [name: string, value: UndeclaredValue]> {
    for (const { name, slot } of this.#map.undeclared) yield [name, undeclaredValue(this, slot)];
  }

  retain(): RetainedRow {
    return this.#row.keep() as EngineRow & RetainedRow;
  }

  #timestamp(): number {
    return timestampMillisecondsOf(this.#bytes, this.#start);
  }

  #at(slot: Slot): number {
    return this.#fixed + this.#map.offsets[slot]!;
  }

  #begin(slot: Slot): number {
    const begin = this.#map.begins[slot]!;
    return begin < 0 ? this.#variable : this.#variable + this.#view.getUint32(this.#fixed + begin, true);
  }

  #end(slot: Slot): number {
    return this.#variable + this.#view.getUint32(this.#at(slot), true);
  }
}

function arrayOf({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Returns the value of a property that the row has, in the form for undeclared properties: as the exact text that the
 * service would send, or as bytes for a Binary.
 */
function undeclaredValue(row: RowReader, slot: Slot): UndeclaredValue {
  const type = row.typeOf(slot)!;
  switch (type) {
    case 'Binary':
      return { type, bytes: row.binary(slot) };
    case 'Boolean':
      return { type, text: String(row.boolean(slot)) };
    case 'DateTime':
      return { type, text: formatDateTime(row.milliseconds(slot), row.ticks(slot)) };
    case 'Double':
      return { type, text: doubleText(row.number(slot)) };
    case 'Guid':
      return { type, text: row.guid(slot).toString() };
    case 'Int32':
      return { type, text: String(row.number(slot)) };
    case 'Int64':
      return { type, text: String(row.int64(slot)) };
    case 'String':
      return { type, text: row.string(slot) };
    default:
      return type satisfies never;
  }
}
