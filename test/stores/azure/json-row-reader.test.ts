import { expect } from 'chai';
import fc from 'fast-check';
import { DATE_TIME_RANGE, formatDateTime } from '../../../src/edm/date-time.js';
import { EDM_TYPES, type EdmType } from '../../../src/edm/edm-type.js';
import { readExact } from '../../../src/mapping/property-reader.js';
import { PARTITION_KEY, ROW_KEY, TIMESTAMP, type RowShape } from '../../../src/store/row.js';
import { JsonRowReader } from '../../../src/stores/azure/json/json-row-reader.js';
import { rowLayout, RowMembers } from '../../../src/stores/azure/json/row-members.js';
import { storedMembers } from '../../../src/stores/azure/json/json-text.js';
import { shapeOf } from './row-values.js';

describe('A row that is read in place from the bytes of a response', () => {
  it('A row reader reads every moment that the service can store, in every precision', () => {
    const reader = readerOf(shapeOf({ t: 'DateTime' }));
    const read = (t: string) => {
      reader.onText(JSON.stringify({ 't@odata.type': 'Edm.DateTime', t }));
      return [reader.typeOf(0), reader.milliseconds(0), reader.ticks(0)];
    };
    const moment = fc.integer({ min: DATE_TIME_RANGE.first, max: DATE_TIME_RANGE.last });
    fc.assert(
      fc.property(
        moment,
        fc.constantFrom(0, 1, 10, 1230, 9999),
        fc.constantFrom(1, 10, 100, 1000),
        (time, ticks, precision) => {
          const milliseconds = Math.floor(time / precision) * precision;
          fc.pre(milliseconds >= DATE_TIME_RANGE.first);
          expect(read(formatDateTime(milliseconds, ticks))).to.deep.equal(['DateTime', milliseconds, ticks]);
        },
      ),
      { seed: 5, numRuns: 1000 },
    );
    expect(read('2020-01-01T02:00:00+02:00')).to.deep.equal(['DateTime', Date.UTC(2020, 0, 1), 0]);
    for (const text of ['0001-01-01T00:00:00Z', '0099-12-31T23:59:59.9999999Z', '0100-01-01T00:00:00Z'])
      // These include the first moment of .NET.
      expect(read(text)[1], text).to.equal(Date.parse(`${text.slice(0, 23).replace('Z', '')}Z`));
    expect(read('2020-01-01T00:00:00')).to.deep.equal(['DateTime', Date.UTC(2020, 0, 1), 0]);
    expect(read('2020-01-01T00:00:00.1Z')).to.deep.equal(['DateTime', Date.UTC(2020, 0, 1, 0, 0, 0, 100), 0]);
  });

  it('A row reader reads values of every type, whichever characters are escaped', () => {
    const values: readonly (readonly [type: EdmType, text: string, read: (reader: JsonRowReader) => unknown])[] = [
      ['DateTime', '2020-01-01T00:00:00Z', (reader) => reader.milliseconds(0)],
      ['DateTime', '2020-01-01T00:00:00.1234567Z', (reader) => [reader.milliseconds(0), reader.ticks(0)]],
      ['DateTime', '2020-01-01T00:00:00.120Z', (reader) => [reader.milliseconds(0), reader.ticks(0)]],
      ['Int64', '5', (reader) => reader.int64(0)],
      ['Int64', '-9223372036854775808', (reader) => reader.int64(0)],
      ['Double', '-Infinity', (reader) => reader.number(0)],
      ['Guid', 'C9DA6455-213D-42C9-9A79-3E9149A57833', (reader) => reader.guid(0)],
      ['Binary', '+/+/AQ==', (reader) => [...reader.binary(0)]],
      ['String', 'a/b', (reader) => reader.string(0)],
    ];
    for (const [type, text, read] of values) {
      const reader = readerOf(shapeOf({ a: type }));
      const plain = read(reader.onText(`{"a@odata.type":"Edm.${type}","a":"${text}"}`));
      for (let at = 0; at < text.length; at++) {
        const escaped = `${text.slice(0, at)}\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}${text.slice(at + 1)}`;
        for (const row of [
          `{"a@odata.type":"Edm.${type}","a":"${escaped}"}`,
          `{"a@odata.type":"\\u0045dm.${type}","a":"${escaped}"}`,
        ]) {
          expect(reader.onText(row).typeOf(0), row).to.equal(type);
          expect(read(reader), row).to.deep.equal(plain);
        }
      }
    }
  });

  it('A row reader reports the stored type, whatever type is declared', () => {
    const values: readonly (readonly [row: string, type: EdmType | undefined])[] = [
      ['{"a":"x"}', 'String'],
      ['{"a@odata.type":"Edm.String","a":"x"}', 'String'],
      ['{"a@odata.type":"Edm.Int64","a":"5"}', 'Int64'],
      ['{"a":"5","a@odata.type":"Edm.Int64"}', 'Int64'],
      ['{"a@odata.type":"Edm.Binary","a":"AQID"}', 'Binary'],
      ['{"a@odata.type":"Edm.Double","a":"NaN"}', 'Double'],
      ['{"a@odata.type":"Edm.Guid","a":"C9DA6455-213D-42C9-9A79-3E9149A57833"}', 'Guid'],
      ['{"a@odata.type":"Edm.Guid","a":"c9da6455-213d-42c9-9a79-3e9149a5783\\u0033"}', 'Guid'],
      ['{"a@odata.type":"Edm.Int64","b":"6"}', undefined],
      ['{"a@odata.type":"Edm.Int\\u0036\\u0034","a":"6"}', 'Int64'],
      ['{"a":true}', 'Boolean'],
      ['{"a":false}', 'Boolean'],
      ['{"a@odata.type":"Edm.Boolean","a":true}', 'Boolean'],
      ['{"a":1.5}', 'Double'],
      ['{"a":3.0}', 'Double'],
      ['{"a":3E0}', 'Double'],
      ['{"a":2147483648}', 'Double'],
      ['{"a@odata.type":"Edm.Double","a":3}', 'Double'],
      ['{"a@odata.type":"Edm.Int32","a":3}', 'Int32'],
      ['{"a@odata.type":"Edm.Int64","a":3}', 'Int64'],
      ['{"a":3e9}', 'Double'],
      ['{"a":-0}', 'Double'],
      ['{"a":null}', undefined],
      ['{}', undefined],
    ];
    for (const declared of EDM_TYPES) {
      const reader = readerOf(shapeOf({ a: declared }));
      for (const [row, type] of values) expect(reader.onText(row).typeOf(0), row).to.equal(type);
      expect(reader.onText('{"a":3}').typeOf(0)).to.equal(declared === 'Double' ? 'Double' : 'Int32');
    }
  });

  it('A row reader rejects a value that does not have its annotated type, without quoting the value', () => {
    const values: readonly (readonly [type: EdmType, ...values: readonly unknown[]])[] = [
      ['Binary', 'secret', 'AQ', 'AQI', 'A=QI', 'AQI-', 'A-_/', '====', `${'AQID'.repeat(50)}secret`, 5, true],
      ['Boolean', 'secret', 'true', 1],
      ['DateTime', 'secret', '', '2020-13-01T00:00:00Z', '2020-01-32T00:00:00Z', '2020-01-01T25:00:00Z', 5, true],
      [
        'DateTime',
        '2020-01-01T00:00:0aZ',
        '2020-01-01T00:00:00.123456xZ',
        '2020/01/01T00:00:00Z',
        '1/20-01-01T00:00:00Z',
      ],
      ['Double', 'secret', '', '0x10', 'infinity', true],
      ['Guid', 'secret', '{c9da6455-213d-42c9-9a79-3e9149a57833}', 'c9da6455-213d-42c9-9a79-3e9149a5783g', 5],
      ['Int32', 'secret', '1.5', '2147483648', 2_147_483_648, 1.5, true],
      ['Int64', 'secret', '', '-', '1.5', '1e3', '9223372036854775808', 1.5, true],
      ['String', 5, true],
    ];
    for (const [type, ...those] of values) {
      for (const value of those) {
        const text = JSON.stringify({ 'a@odata.type': `Edm.${type}`, a: value });
        const reader = readerOf(shapeOf({ a: type })).onText(text);
        for (const read of [
          () => readExact(reader.typeOf(0)!, reader, 0),
          () => [...storedMembers(text, new Set(), 'T')],
        ]) {
          expect(read, text)
            .to.throw()
            .that.deep.includes({
              code: 'store.unavailable',
              details: { table: 'T', status: 200, contentType: 'application/json' },
              message:
                `A row of table "T" was answered with an ill-formed value: "a" is told to be Edm.${type}, and is none. ` +
                'The service sends no such value: check what is on the way to it. A row that an emulator stored so has to be replaced.',
            })
            .and.has.not.property('cause');
        }
      }
    }
  });

  it('A row reader rejects an unknown type, and a value that no property can have', () => {
    const reader = readerOf(shapeOf({ a: 'String' }));
    for (const row of [
      '{"a@odata.type":"Edm.Later","a":"secret"}',
      '{"a@odata.type":null,"a":"secret"}',
      '{"b@odata.type":"Edm.Later","b":"secret"}',
      '{"a":{"b":"secret"}}',
      '{"b":["secret"]}',
    ])
      expect(() => reader.onText(row), row).to.throw(SyntaxError, /^it has a row that is none$/);
  });

  it('A row reader treats names that objects inherit as absent unless they are stored', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', '__proto__'];
    const reader = readerOf({ properties: names.map((name) => ({ name, type: 'String' })) });
    const read = (text: string) => {
      reader.onText(text);
      return [0, 1, 2, 3].map((slot) => [reader.typeOf(slot), reader.string(slot)]);
    };
    expect(read('{}')).to.deep.equal(names.map(() => [undefined, '']));
    expect(read('{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d"}')).to.deep.equal([
      ['String', 'b'],
      ['String', 'c'],
      ['String', 'd'],
      ['String', 'a'],
    ]);
  });

  it('A row reader returns the same values as JSON.parse for any row, in any order of members, after any other row', () => {
    const names = ['a', 'é日𝒳', 'q"\\', 'odata', 'long'.repeat(60)];
    const reader = readerOf({ properties: names.map((name) => ({ name, type: 'String' })) });
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.stringMatching(/^[ -~]{0,30}$/),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const member = fc.tuple(fc.constantFrom('PartitionKey', 'RowKey', 'b', 'ü', ...names), value);
    const rows = fc.array(
      fc.uniqueArray(member, { selector: ([name]) => name }).map((members) => Object.fromEntries(members)),
    );
    fc.assert(
      fc.property(rows, fc.constantFrom(undefined, 1), fc.boolean(), (written, spaces, escaped) => {
        for (const row of written) {
          const json = JSON.stringify(row, null, spaces);
          const text = escaped ? escapedAsTheServiceDoes(json) : json;
          reader.onText(text);
          const parsed = JSON.parse(text) as Record<string, unknown>;
          expect(JSON.parse(reader.retain() as unknown as string)).to.deep.equal(parsed);
          names.forEach((name, slot) => expect(valueOf(reader, slot), text).to.deep.equal(parsed[name] ?? undefined));
          for (const [slot, name] of [
            [PARTITION_KEY, 'PartitionKey'],
            [ROW_KEY, 'RowKey'],
          ] as const) {
            if (typeof parsed[name] === 'string') expect(reader.string(slot)).to.equal(parsed[name]);
          }
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('A row reader parses every number as JSON.parse does', () => {
    const reader = readerOf(shapeOf({ n: 'Double' }));
    const read = (text: string) => reader.onText(`{"n":${text}}`).number(0);
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(22))
      .map(([negative, digits, point]) => {
        const text = String(digits).padStart(point + 1, '0');
        return `${negative ? '-' : ''}${text.slice(0, text.length - point)}${point === 0 ? '' : `.${text.slice(text.length - point)}`}`;
      });
    fc.assert(
      fc.property(fc.oneof(decimal, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), (text) => {
        expect(Object.is(read(text), Number(text)), text).to.equal(true);
      }),
      { seed: 9, numRuns: 2000 },
    );
    for (const text of ['0', '-0', '-0.0', '1e21', '1E+2', '5e-324', '0.1', '123456789012345', '1234567890123456.5'])
      expect(Object.is(read(text), Number(text)), text).to.equal(true);
  });

  it('A row reader reads all bytes and every Int64', () => {
    const reader = readerOf(shapeOf({ b: 'Binary', i: 'Int64' }));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (bytes, integer) => {
          reader.onText(
            `{"b@odata.type":"Edm.Binary","b":"${Buffer.from(bytes).toString('base64')}","i@odata.type":"Edm.Int64","i":"${integer}"}`,
          );
          expect([reader.binary(0), reader.int64(1)]).to.deep.equal([bytes, integer]);
        },
      ),
      { seed: 11, numRuns: 1000 },
    );
    for (const text of ['AQID', 'AQI=', 'AQ==', '\\u0041QID'])
      expect(reader.onText(`{"b":"${text}"}`).binary(0), text).to.deep.equal(
        new Uint8Array(Buffer.from(JSON.parse(`"${text}"`) as string, 'base64')),
      );
  });

  it('A row reader preserves 64-bit integers, bytes, Guids, ETags and timestamps', () => {
    const reader = readerOf(shapeOf({ i: 'Int64', b: 'Binary', g: 'Guid' }));
    const etag = `W/"datetime'2026-01-02T03%3A04%3A05.1234567Z'"`;
    reader.onText(
      `{"odata.metadata":"m","odata.etag":${JSON.stringify(etag)},"Timestamp@odata.type":"Edm.DateTime","Timestamp":"2026-01-02T03:04:05.1234567Z",` +
        '"i@odata.type":"Edm.Int64","i":"-9223372036854775808","b@odata.type":"Edm.Binary","b":"\\/wA=","g@odata.type":"Edm.Guid",' +
        '"g":"C9DA6455-213D-42C9-9A79-3E9149A57833"}',
    );
    expect([reader.int64(0), [...reader.binary(1)], reader.guid(2).toString(), reader.etag]).to.deep.equal([
      -(2n ** 63n),
      [255, 0],
      'c9da6455-213d-42c9-9a79-3e9149a57833',
      etag,
    ]);
    expect([reader.typeOf(TIMESTAMP), reader.milliseconds(TIMESTAMP), reader.ticks(TIMESTAMP)]).to.deep.equal([
      'DateTime',
      Date.UTC(2026, 0, 2, 3, 4, 5, 123),
      4567,
    ]);
    expect(reader.onText('{"Timestamp":"2026-01-02T03:04:05.1234567Z"}').etag).to.equal(etag);
    expect([reader.onText('{}').etag, reader.typeOf(TIMESTAMP)]).to.deep.equal(['', undefined]);
  });

  it('A row reader reads rows that all have different names, and forgets names that do not recur', () => {
    const reader = readerOf(shapeOf({ a: 'Int32' }));
    for (let index = 0; index < 5000; index++) {
      expect(reader.onText(`{"x${index}":"y","a":${index}}`).number(0)).to.equal(index);
    }
  });

  it('A row reader rejects a row that is cut off anywhere, and any other invalid row', () => {
    const reader = readerOf(shapeOf({ a: 'String', n: 'Double' }));
    const row =
      '{"odata.etag":"W/\\"1\\"","a@odata.type":"Edm.String","a":"\\u00e9","n":-1.5e+3,"t":true,"f":false,"z":null}';
    reader.onText(row);
    for (let length = 0; length < row.length; length++)
      expect(() => reader.onText(row.slice(0, length)), row.slice(0, length)).to.throw(SyntaxError);
    for (const text of [
      '[]',
      'null',
      '"a"',
      '1',
      `${row},`,
      '{"a":tru}',
      '{"a":truth}',
      '{"n":1.}',
      '{"n":-}',
      '{"n":1e}',
    ])
      expect(() => reader.onText(text), text).to.throw(SyntaxError);
  });
});

function readerOf(shape: RowShape): JsonRowReader {
  return new JsonRowReader(new RowMembers(rowLayout('T', shape)));
}

function valueOf(reader: JsonRowReader, slot: number): unknown {
  switch (reader.typeOf(slot)) {
    case 'String':
      return reader.string(slot);
    case 'Boolean':
      return reader.boolean(slot);
    case undefined:
      return undefined;
    default:
      return reader.number(slot);
  }
}

/** Escapes all characters that are not ASCII. */
function escapedAsTheServiceDoes(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
