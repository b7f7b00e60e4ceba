import { parseDateTime } from '../../edm/date-time.js';
import { EDM_TYPES, type EdmType } from '../../edm/edm-type.js';
import { Guid } from '../../edm/guid.js';
import type { ServiceLimits } from '../../store/limits.js';
import type { RowShape, RowWriter, Slot, UndeclaredValue } from '../../store/row.js';
import { GrowingBuffer } from './growing-buffer.js';
import { GUID_BYTES, writeGuid } from './guid-bytes.js';
import { INSTANT_BYTES, isInstant, writeInstant } from './instant.js';
import type { LayoutPath } from './layout-path.js';
import { refusal, type Refusal } from './refusal.js';
import { ASCII, HEADER_BYTES, UTF16, UTF8, type EncodedRow, type TextForm } from './row-format.js';

/** A row encoded, what it weighs, and why the service would refuse it. */
export interface EncodedWrite extends EncodedRow {
  /** By the service's formula, without the keys. */
  readonly entityBytes: number;
  /** In the body of a transaction, without the keys. */
  readonly wireBytes: number;
  readonly problem: Refusal | undefined;
}

const TYPE_NUMBERS = Object.fromEntries(EDM_TYPES.map((type, number) => [type, number])) as Readonly<
  Record<EdmType, number>
>;
const INT64_BITS = 64;
const INTEGER = /^-?\d+$/;

/** The texts that undeclared values of a type have, where reading one tells less. */
const FORMS: Readonly<Partial<Record<EdmType, RegExp>>> = {
  Boolean: /^(true|false)$/,
  Double: /^(NaN|-?Infinity|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/,
  Int32: INTEGER,
  Int64: INTEGER,
};

/** Writes rows in the row codec: the fixed part and the variable part grow side by side, and the path of properties names the layout. */
export class RowEncoder implements RowWriter {
  readonly #limits: ServiceLimits;
  readonly #fixed = new GrowingBuffer();
  readonly #variable = new GrowingBuffer();
  #shape!: RowShape;
  #path!: LayoutPath;
  #textForm: TextForm = ASCII;
  #unpaired = false;
  #entityBytes = 0;
  #wireBytes = 0;
  #problem: Refusal | undefined;

  constructor(limits: ServiceLimits) {
    this.#limits = limits;
  }

  /** Runs `write`, again in UTF-16 where a String turns out to need it. Slots are the shape's, and `root` its root. */
  encode(shape: RowShape, root: LayoutPath, write: (writer: RowWriter) => void): EncodedWrite {
    this.#run(ASCII, shape, root, write);
    if (this.#unpaired) this.#run(UTF16, shape, root, write);
    const path = this.#path;
    return {
      layout: path.layout,
      textForm: this.#textForm,
      body: this.#body(),
      isStamped: false,
      entityBytes: path.entityBytes + this.#entityBytes,
      wireBytes: path.wireBytes + this.#wireBytes,
      problem: path.problem ?? this.#problem,
    };
  }

  #body(): Buffer {
    const variable = HEADER_BYTES + this.#fixed.length;
    const body = Buffer.allocUnsafe(variable + this.#variable.length);
    this.#fixed.copyTo(body, HEADER_BYTES);
    this.#variable.copyTo(body, variable);
    return body;
  }

  #run(textForm: TextForm, shape: RowShape, root: LayoutPath, write: (writer: RowWriter) => void): void {
    this.#shape = shape;
    this.#path = root.begin();
    this.#textForm = textForm;
    this.#unpaired = false;
    this.#entityBytes = 0;
    this.#wireBytes = 0;
    this.#problem = undefined;
    this.#fixed.clear();
    this.#variable.clear();
    write(this);
  }

  string(slot: Slot, value: string): void {
    this.#declared(slot, 'String');
    this.#string(value);
  }

  int32(slot: Slot, value: number): void {
    this.#declared(slot, 'Int32');
    this.#int32(value);
  }

  double(slot: Slot, value: number): void {
    this.#declared(slot, 'Double');
    this.#double(value);
  }

  boolean(slot: Slot, value: boolean): void {
    this.#declared(slot, 'Boolean');
    this.#boolean(value);
  }

  int64(slot: Slot, value: bigint): void {
    this.#declared(slot, 'Int64');
    this.#int64(value);
  }

  dateTime(slot: Slot, milliseconds: number, ticks: number): void {
    this.#declared(slot, 'DateTime');
    this.#dateTime(milliseconds, ticks);
  }

  guid(slot: Slot, value: string): void {
    this.#declared(slot, 'Guid');
    this.#guid(value);
  }

  binary(slot: Slot, value: Uint8Array): void {
    this.#declared(slot, 'Binary');
    this.#binary(value);
  }

  undeclared(name: string, value: UndeclaredValue): void {
    if (name === 'Timestamp') return; // the service ignores a timestamp that a client sends
    this.#path = this.#path.with(`${TYPE_NUMBERS[value.type]}${name}`, name, value.type);
    if (value.type === 'Binary') this.#binary(value.bytes);
    else this.#text(value.type, value.text);
  }

  #text(edmType: Exclude<EdmType, 'Binary'>, text: string): void {
    if (FORMS[edmType]?.test(text) === false) this.#refuseValue(edmType);
    switch (edmType) {
      case 'Boolean':
        this.#boolean(text === 'true');
        break;
      case 'DateTime': {
        const instant = parseDateTime(text);
        this.#dateTime(instant?.milliseconds ?? Number.NaN, instant?.ticks ?? 0);
        break;
      }
      case 'Double':
        this.#double(Number(text));
        break;
      case 'Guid':
        this.#guid(text);
        break;
      case 'Int32':
        this.#int32(Number(text));
        break;
      case 'Int64':
        this.#int64(INTEGER.test(text) ? BigInt(text) : 0n);
        break;
      case 'String':
        this.#string(text);
        break;
      default:
        edmType satisfies never;
    }
  }

  #declared(slot: Slot, type: EdmType): void {
    this.#path = this.#path.with(
      slot * EDM_TYPES.length + TYPE_NUMBERS[type],
      this.#shape.properties[slot]!.name,
      type,
    );
  }

  #string(value: string): void {
    if (value.length > this.#limits.stringUnits) this.#refuseSize('String', `${this.#limits.stringUnits} UTF-16 units`);
    this.#entityBytes += 2 * value.length;
    const written = this.#variable.text(value, this.#textForm === UTF16 ? 'utf16le' : 'utf8');
    if (written !== value.length && this.#textForm !== UTF16) {
      this.#textForm = UTF8;
      this.#unpaired ||= !value.isWellFormed();
    }
    this.#wireBytes += written;
    this.#end();
  }

  #binary(value: Uint8Array): void {
    if (value.byteLength > this.#limits.binaryBytes) this.#refuseSize('Binary', `${this.#limits.binaryBytes} bytes`);
    this.#entityBytes += value.byteLength;
    this.#wireBytes += Math.ceil((value.byteLength * 4) / 3);
    this.#variable.bytes(value);
    this.#end();
  }

  #end(): void {
    const at = this.#fixed.reserve(4);
    this.#fixed.buffer.writeUInt32LE(this.#variable.length, at);
  }

  #int32(value: number): void {
    if (!Number.isInteger(value) || value !== (value | 0)) this.#refuseValue('Int32');
    const at = this.#fixed.reserve(4);
    this.#fixed.buffer.writeInt32LE(value | 0, at);
  }

  #double(value: number): void {
    const at = this.#fixed.reserve(8);
    this.#fixed.buffer.writeDoubleLE(value, at);
  }

  #boolean(value: boolean): void {
    const at = this.#fixed.reserve(1);
    this.#fixed.buffer[at] = value ? 1 : 0;
  }

  #int64(value: bigint): void {
    const kept = BigInt.asIntN(INT64_BITS, value);
    if (kept !== value) this.#refuseValue('Int64');
    const at = this.#fixed.reserve(8);
    this.#fixed.buffer.writeBigInt64LE(kept, at);
  }

  #dateTime(milliseconds: number, ticks: number): void {
    const at = this.#fixed.reserve(INSTANT_BYTES);
    if (isInstant(milliseconds, ticks)) writeInstant(this.#fixed.buffer, at, milliseconds, ticks);
    else this.#refuse('OutOfRangeInput', 'is no Edm.DateTime: these run from 1601-01-01 to 9999-12-31, in UTC.');
  }

  #guid(value: string): void {
    const at = this.#fixed.reserve(GUID_BYTES);
    if (Guid.isText(value)) writeGuid(this.#fixed.buffer, at, value);
    else this.#refuseValue('Guid');
  }

  #refuseValue(type: EdmType): void {
    this.#refuse('InvalidInput', `is no Edm.${type}.`);
  }

  #refuseSize(type: EdmType, limit: string): void {
    this.#refuse('PropertyValueTooLarge', `is larger than an Edm.${type} may be: ${limit}. Split it.`);
  }

  #refuse(serviceCode: Refusal['serviceCode'], problem: string): void {
    this.#problem ??= refusal(serviceCode, `The value of ${JSON.stringify(this.#path.lastName)} ${problem}`);
  }
}
