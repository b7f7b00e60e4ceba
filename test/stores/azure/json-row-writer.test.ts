import { expect } from 'chai';
import fc from 'fast-check';
import { formatDateTime } from '../../../src/edm/date-time.js';
import { EDM_TYPES, type EdmType } from '../../../src/edm/edm-type.js';
import { keyedSize, propertySize } from '../../../src/store/limits.js';
import type { RowWriter, Slot } from '../../../src/store/row.js';
import { JsonRowWriter, writtenMember, writtenMembers } from '../../../src/stores/azure/json/json-row-writer.js';
import { shapeOf } from './row-values.js';

/** A value: how to write it, its JSON, and its length if that counts for the size. */
interface Written {
  readonly write: (writer: RowWriter, slot: Slot) => void;
  readonly json: unknown;
  readonly length?: number;
}

const VALUES: Readonly<Record<EdmType, fc.Arbitrary<Written>>> = {
  Binary: fc
    .uint8Array({ maxLength: 2000 })
    .chain((bytes) => fc.constantFrom(bytes, Buffer.concat([Buffer.of(1), bytes]).subarray(1)))
    .map((bytes) => ({
      write: (writer, slot) => writer.binary(slot, bytes),
      json: Buffer.from(bytes).toString('base64'),
      length: bytes.length,
    })),
  Boolean: fc.boolean().map((value) => ({ write: (writer, slot) => writer.boolean(slot, value), json: value })),
  DateTime: fc.tuple(fc.date({ noInvalidDate: true }), fc.integer({ min: 0, max: 9999 })).map(([date, ticks]) => ({
    write: (writer, slot) => writer.dateTime(slot, date.getTime(), ticks),
    json: formatDateTime(date.getTime(), ticks),
  })),
  Double: fc.double().map((value) => ({
    write: (writer, slot) => writer.double(slot, value),
    json: Number.isFinite(value) ? value : String(value),
  })),
  Guid: fc.uuid().map((value) => ({ write: (writer, slot) => writer.guid(slot, value), json: value })),
  Int32: fc
    .integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    .map((value) => ({ write: (writer, slot) => writer.int32(slot, value), json: value })),
  Int64: fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value) => ({ write: (writer, slot) => writer.int64(slot, value), json: String(value) })),
  String: fc.string({ unit: 'binary' }).map((value) => ({
    write: (writer, slot) => writer.string(slot, value),
    json: value,
    length: value.length,
  })),
};

const TOLD: readonly EdmType[] = ['Boolean', 'Int32', 'String'];

function membersOf(name: string, type: EdmType, json: unknown): Readonly<Record<string, unknown>> {
  return { [name]: json, ...(!TOLD.includes(type) && { [`${name}@odata.type`]: `Edm.${type}` }) };
}

describe('A row that is written as JSON', () => {
  const names = ['a', 'ä', 'c"d', 'e', 'f', 'g', 'h', 'i'];
  const shape = shapeOf(Object.fromEntries(EDM_TYPES.map((type, slot) => [names[slot]!, type])));
  const members = writtenMembers(shape);

  it('A row writer writes every member once, for any selection, order and types of properties', () => {
    const slots = fc.shuffledSubarray(EDM_TYPES.map((_, slot) => slot));
    const written = slots.chain((chosen) =>
      fc.tuple(
        ...chosen.map((slot) =>
          fc
            .oneof({ weight: 4, arbitrary: fc.constant(EDM_TYPES[slot]!) }, fc.constantFrom(...EDM_TYPES))
            .chain((type) => VALUES[type].map((value) => ({ slot, type, value }))),
        ),
      ),
    );
    const key = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(key, key, written, fc.boolean(), (partitionKey, rowKey, properties, undeclared) => {
        const writer = new JsonRowWriter(members, partitionKey, rowKey);
        let size = keyedSize(partitionKey, rowKey);
        const expected: Record<string, unknown> = { PartitionKey: partitionKey, RowKey: rowKey };
        for (const { slot, type, value } of properties) {
          value.write(writer, slot);
          size += propertySize(names[slot]!, type, value.length);
          Object.assign(expected, membersOf(names[slot]!, type, value.json));
          if (!undeclared) continue;
          writer.undeclared(`x${slot}`, { type: 'Int64', text: '7' });
          size += propertySize(`x${slot}`, 'Int64');
          Object.assign(expected, membersOf(`x${slot}`, 'Int64', '7'));
        }
        expect(JSON.parse(writer.text)).to.deep.equal(expected);
        expect(writer.size).to.equal(size);
        if (writer.isAscii) expect(Buffer.byteLength(writer.text)).to.equal(writer.text.length);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('A row writer begins with the keys, and annotates ambiguous types after their values', () => {
    const writer = new JsonRowWriter([writtenMember('a', 'Double'), writtenMember('b', 'String')], 'p', 'r');
    writer.double(0, 3);
    writer.string(1, 'x');
    expect(writer.text).to.equal('{"PartitionKey":"p","RowKey":"r","a":3.0,"a@odata.type":"Edm.Double","b":"x"}');
  });

  it('A row writer recognises most ASCII rows, and never takes another row for one', () => {
    const isAscii = (write: (writer: JsonRowWriter) => void, row = 'r'): boolean => {
      const writer = new JsonRowWriter([writtenMember('plain', 'String'), writtenMember('größe', 'Int32')], 'p', row);
      write(writer);
      return writer.isAscii;
    };
    expect({
      plain: isAscii((writer) => writer.string(0, 'Customer number 7')),
      long: isAscii((writer) => writer.string(0, 'x'.repeat(10_000))),
      'a value': isAscii((writer) => writer.string(0, 'Zürich')),
      'a long value': isAscii((writer) => writer.string(0, `${'x'.repeat(10_000)}ü`)),
      'a name': isAscii((writer) => writer.int32(1, 7)),
      'a key': isAscii(() => undefined, 'ü'),
      'an undeclared name': isAscii((writer) => writer.undeclared('ü', { type: 'Int32', text: '7' })),
    }).to.deep.equal({
      plain: true,
      long: true,
      'a value': false,
      'a long value': false,
      'a name': false,
      'a key': false,
      'an undeclared name': false,
    });
  });
});
