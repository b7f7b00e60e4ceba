import { parseDateTime } from '../../../edm/date-time.js';
import type { EdmType } from '../../../edm/edm-type.js';
import { isInt32, isInt64 } from '../../../edm/value-rules.js';
import type { ServiceLimits } from '../../../store/limits.js';
import type { RowWriter, Slot, UndeclaredValue } from '../../../store/row.js';
import { isInstant } from './instant.js';
import type { LayoutPath } from './layout-path.js';
import { refusal, type RuleViolation } from '../service-rules.js';
import { RowBuffer } from './row-buffer.js';
import { isLatin1, LATIN1, UTF16, UTF8, type EncodedRow, type TextForm } from './row-format.js';

/** An encoded row with its sizes, and the reason why the service would refuse it, if any. */
export interface EncodedWrite extends EncodedRow {
  /** Size by the service's formula, without the keys. */
  readonly entityBytes: number;
  /** Size in the body of a transaction, without the keys. */
  readonly wireBytes: number;
  readonly problem: RuleViolation | undefined;
}

const INTEGER = /^-?\d+$/;

/** The valid texts of undeclared values, for types whose JavaScript conversion (such as `Number`) accepts more. */
const FORMS: Readonly<Partial<Record<EdmType, RegExp>>> = {
  Boolean: /^(true|false)$/,
  Double: /^(NaN|-?Infinity|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/,
  Int32: INTEGER,
  Int64: INTEGER,
};

/** Encodes rows. The properties and the order in which they are written determine the layout of a row. */
export class RowEncoder implements RowWriter {
  readonly #limits: ServiceLimits;
  readonly #row = new RowBuffer();
  #path!: LayoutPath;
  #textForm: TextForm = LATIN1;
  /** The text form in which the row must be written again, if the current form does not suit all of its Strings. */
  #otherForm: TextForm | undefined;
  /** True if a String was written that is not ASCII, whose bytes would be different in UTF-8. */
  #beyondAscii = false;
  /** True if a String was written that needs more than one byte per character. */
  #beyondLatin1 = false;
  /**
   * The text form that rows start with. A row in which Strings beyond ASCII precede Strings beyond Latin-1 must be
   * written twice if it starts in Latin-1. After such a row the next one starts in UTF-8, because it is likely to be
   * similar.
   */
  #firstForm: TextForm = LATIN1;
  #entityBytes = 0;
  #wireBytes = 0;
  #problem: RuleViolation | undefined;

  constructor(limits: ServiceLimits) {
    this.#limits = limits;
  }

  /**
   * Runs `write` to encode a row. `write` runs again if a String needs a different text form than the Strings before
   * it. The slots that `write` passes refer to the shape of `root`.
   */
  encode(root: LayoutPath, write: (writer: RowWriter) => void): EncodedWrite {
    let form: TextForm | undefined = this.#firstForm;
    let mixed = form === UTF8;
    for (; form !== undefined; form = this.#otherForm) {
      this.#run(form, root, write);
      mixed ||= this.#otherForm === UTF8;
    }
    this.#firstForm = mixed && this.#beyondLatin1 ? UTF8 : LATIN1;
    const path = this.#path;
    return {
      layout: path.layout,
      textForm: this.#textForm,
      body: this.#row.take(),
      isStamped: false,
      entityBytes: path.entityBytes + this.#entityBytes,
      wireBytes: path.wireBytes + this.#wireBytes,
      problem: path.problem ?? this.#problem,
    };
  }

  #run(textForm: TextForm, root: LayoutPath, write: (writer: RowWriter) => void): void {
    this.#path = root;
    this.#textForm = textForm;
    this.#otherForm = undefined;
    this.#beyondAscii = false;
    this.#beyondLatin1 = false;
    this.#entityBytes = 0;
    this.#wireBytes = 0;
    this.#problem = undefined;
    this.#row.begin(root.begin());
    write(this);
  }

  string(slot: Slot, value: string): void {
    this.#path = this.#path.declared(slot, 'String');
    this.#string(value);
  }

  int32(slot: Slot, value: number): void {
    this.#path = this.#path.declared(slot, 'Int32');
    this.#int32(value);
  }

  double(slot: Slot, value: number): void {
    this.#path = this.#path.declared(slot, 'Double');
    this.#row.double(value);
  }

  boolean(slot: Slot, value: boolean): void {
    this.#path = this.#path.declared(slot, 'Boolean');
    this.#row.boolean(value);
  }

  int64(slot: Slot, value: bigint): void {
    this.#path = this.#path.declared(slot, 'Int64');
    this.#int64(value);
  }

  dateTime(slot: Slot, milliseconds: number, ticks: number): void {
    this.#path = this.#path.declared(slot, 'DateTime');
    this.#dateTime(milliseconds, ticks);
  }

  guid(slot: Slot, value: string): void {
    this.#path = this.#path.declared(slot, 'Guid');
    this.#guid(value);
  }

  binary(slot: Slot, value: Uint8Array): void {
    this.#path = this.#path.declared(slot, 'Binary');
    this.#binary(value);
  }

  undeclared(name: string, value: UndeclaredValue): void {
    if (name === 'Timestamp') return; // the service ignores a timestamp that a client sends
    this.#path = this.#path.undeclared(name, value.type);
    if (value.type === 'Binary') this.#binary(value.bytes);
    else this.#text(value.type, value.text);
  }

  #text(edmType: Exclude<EdmType, 'Binary'>, text: string): void {
    if (FORMS[edmType]?.test(text) === false) this.#refuseValue(edmType);
    switch (edmType) {
      case 'Boolean':
        this.#row.boolean(text === 'true');
        break;
      case 'DateTime': {
        const instant = parseDateTime(text);
        this.#dateTime(instant?.milliseconds ?? Number.NaN, instant?.ticks ?? 0);
        break;
      }
      case 'Double':
        this.#row.double(Number(text));
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

  #string(value: string): void {
    if (value.length > this.#limits.stringUnits) this.#refuseSize('String', `${this.#limits.stringUnits} UTF-16 units`);
    this.#entityBytes += 2 * value.length;
    this.#wireBytes += this.#textForm === LATIN1 ? this.#latin1(value) : this.#wide(value);
  }

  /**
   * Writes a String to a row in which all Strings so far have one byte per character. Returns its size in a request.
   */
  #latin1(value: string): number {
    const beyondAscii = this.#row.latin1(value);
    if (beyondAscii >= 0) {
      this.#beyondAscii ||= beyondAscii > 0;
      return value.length + beyondAscii;
    }
    this.#textForm = UTF8;
    if (this.#beyondAscii) this.#otherForm = UTF8;
    return this.#wide(value);
  }

  /** Writes a String in UTF-8 or UTF-16. Returns its size in a request. */
  #wide(value: string): number {
    if (this.#textForm === UTF16) return this.#row.text(value, 'utf16le');
    const written = this.#row.text(value, 'utf8');
    if (written === value.length) return written;
    this.#beyondLatin1 ||= !isLatin1(value);
    if (!value.isWellFormed()) this.#otherForm = UTF16;
    return written;
  }

  #binary(value: Uint8Array): void {
    if (value.byteLength > this.#limits.binaryBytes) this.#refuseSize('Binary', `${this.#limits.binaryBytes} bytes`);
    this.#entityBytes += value.byteLength;
    this.#wireBytes += Math.ceil((value.byteLength * 4) / 3);
    this.#row.binary(value);
  }

  #int32(value: number): void {
    if (!isInt32(value)) this.#refuseValue('Int32');
    this.#row.int32(value);
  }

  #int64(value: bigint): void {
    if (!isInt64(value)) this.#refuseValue('Int64');
    this.#row.int64(value);
  }

  #dateTime(milliseconds: number, ticks: number): void {
    if (isInstant(milliseconds, ticks)) this.#row.instant(milliseconds, ticks);
    else this.#refuse('OutOfRangeInput', 'is no Edm.DateTime: these run from 1601-01-01 to 9999-12-31, in UTC.');
  }

  #guid(value: string): void {
    if (!this.#row.guid(value)) this.#refuseValue('Guid');
  }

  #refuseValue(type: EdmType): void {
    this.#refuse('InvalidInput', `is no Edm.${type}.`);
  }

  #refuseSize(type: EdmType, limit: string): void {
    this.#refuse('PropertyValueTooLarge', `is larger than an Edm.${type} may be: ${limit}. Split it.`);
  }

  #refuse(serviceCode: RuleViolation['serviceCode'], problem: string): void {
    this.#problem ??= refusal(serviceCode, `The value of ${JSON.stringify(this.#path.lastName)} ${problem}`);
  }
}
