import { expect } from 'chai';
import fc from 'fast-check';
import { ROW_KEY, type RowReader, type Slot } from '../../../src/store/row.js';
import { JsonRowReader } from '../../../src/stores/azure/json/json-row-reader.js';
import { readRows } from '../../../src/stores/azure/json/read-rows.js';
import { rowLayout, RowMembers } from '../../../src/stores/azure/json/row-members.js';
import { WrongAnswer } from '../../../src/stores/azure/requests/wrong-answer.js';
import { shapeOf } from './row-values.js';

const ROWS = ['{"RowKey":"1","a":"one"}', '{"RowKey":"2"}', '{"RowKey":"3","b":5,"a":"\\u2028 },{\\"RowKey\\":"}'];
const FOUND = [
  ['1', 'one'],
  ['2', ''],
  ['3', '\u2028 },{"RowKey":'],
];

describe('The rows of a response', () => {
  it('Rows are found whatever surrounds them in the response', () => {
    const list = `"value":[${ROWS.join()}]`;
    for (const text of [
      `{${list}}`,
      `{"odata.metadata":"https://a/$metadata#T",${list}}`,
      `{${list},"odata.metadata":"https://a/$metadata#T"}`,
      `{"other":"value:[","n":[{"RowKey":"no"}],${list}}`,
      `{"deep":{"value":["no"]},${list}}`,
      `  {\n "value" : [ ${ROWS.join(' , ')} ] }\n`,
      `{"value":[${ROWS.join()} ]}`,
    ])
      expect(read(text), text).to.deep.equal(FOUND);
  });

  it('A response with an empty list has no rows', () => {
    expect(read('{"value":[]}')).to.deep.equal([]);
    expect(read('{"odata.metadata":"m","value":[ ]}')).to.deep.equal([]);
  });

  it("Rows are returned unchanged even if only some are in the service's compact form", () => {
    expect(read('{"value":[{"RowKey":"1"},{ "RowKey":"2" },{"a":"x","RowKey":"3"}]}')).to.deep.equal([
      ['1', ''],
      ['2', ''],
      ['3', 'x'],
    ]);
  });

  it('A response that is cut off anywhere is rejected', () => {
    const text = `{"odata.metadata":"m","value":[${ROWS.join()}]}`;
    for (let length = 0; length < text.length; length++)
      expect(read(text.slice(0, length)), text.slice(0, length)).to.equal('WrongAnswer');
  });

  for (const row of [
    String.raw`{"RowKey":"1","a":"\x"}`,
    String.raw`{"RowKey":"1","a":"\u00g0"}`,
    String.raw`{"RowKey":"1","\x":"a"}`,
    '{"RowKey":"1","a":"\n"}',
    '{"RowKey":"1","a":"\\"\n"}',
    '{"RowKey":"1","\n":"a"}',
    '{"RowKey":"1"}{"RowKey":"2"}',
    ',"RowKey":"1"}',
    '{"RowKey":"1","n":05}',
    '{"RowKey":"1","n":-00.5}',
  ])
    it(`A response with the invalid row ${JSON.stringify(row)} is rejected`, () => {
      expect(read(`{"value":[${row}]}`)).to.equal('WrongAnswer');
      expect(read(`{"value":[{"RowKey":"0"},${row},{"RowKey":"2"}]}`)).to.equal('WrongAnswer');
    });

  it('A response with random changes is read as JSON.parse reads it, or rejected', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true }).map(String),
      fc.constantFrom('0', '-1', 'true', 'null', '"é\\n"', '"\\u00e9/"'),
    );
    const row = fc
      .tuple(value, value)
      .map(([n, a]) => `{"odata.etag":"W/\\"1\\"","RowKey":"1","n":${n},"é":true,"a":${a}}`);
    const piece = fc.oneof(
      fc.constantFrom(...'"\\{}[],: 0-.eu\n'),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constant(''),
    );
    const change = fc.tuple(fc.nat(9999), fc.nat(2), piece);
    const body = fc.tuple(fc.array(row, { maxLength: 3 }), fc.array(change, { maxLength: 3 })).map(([rows, changes]) =>
      changes.reduce(
        (bytes, [where, length, text]) => {
          const at = where % (bytes.length + 1);
          return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at + length)]);
        },
        Buffer.from(`{"odata.metadata":"m","value":[${rows.join()}]}`),
      ),
    );
    fc.assert(
      fc.property(body, (bytes) => {
        let found: unknown;
        try {
          found = readBytes(bytes, (one) => [valueOf(one, 0), valueOf(one, 1)]);
        } catch (error) {
          expect(error).to.be.instanceOf(WrongAnswer);
          found = 'refused';
        }
        expect(found, bytes.toString()).to.deep.equal(parsedRows(bytes.toString()));
      }),
      { seed: 13, numRuns: 10_000 },
    );
  });

  it('A row with a name that no property can have is rejected, wherever the row is', () => {
    for (const space of ['', ' '])
      expect(read(`{"value":[${space}{"${'a'.repeat(9999)}":1}]}`)).to.equal('WrongAnswer');
  });

  for (const text of ['null', '[]', '"value":[]', '{}', '{"value":null}', '{"value":{}}', '{"value":[1]}', '<html>'])
    it(`A response ${text} is rejected, because it is not a list of rows`, () => {
      expect(read(text)).to.equal('WrongAnswer');
    });

  it('An error that a decoder throws while rows are read passes through unchanged', () => {
    const error = new SyntaxError('mine');
    const decode = (): never => {
      throw error;
    };
    for (const space of ['', ' ']) expect(() => readWith(`{"value":[${space}{"RowKey":"1"}]}`, decode)).to.throw(error);
  });
});

function read(text: string): unknown {
  try {
    return readWith(text, (row) => [row.string(ROW_KEY), row.string(0)]);
  } catch (error) {
    return (error as Error).name;
  }
}

function readWith<R>(text: string, decode: (row: RowReader) => R): readonly R[] {
  return readBytes(Buffer.from(text), decode);
}

function readBytes<R>(bytes: Buffer, decode: (row: RowReader) => R): readonly R[] {
  const members = new RowMembers(rowLayout('T', shapeOf({ a: 'String', n: 'Double' })));
  return readRows(new JsonRowReader(members), bytes, decode, () => undefined);
}

/** Returns the value of a property without annotation, as JSON has it. */
function valueOf(row: RowReader, slot: Slot): unknown {
  const type = row.typeOf(slot);
  if (type === undefined) return undefined;
  return type === 'String' ? row.string(slot) : type === 'Boolean' ? row.boolean(slot) : row.number(slot);
}

function parsedRows(text: string): unknown {
  try {
    const { value } = JSON.parse(text) as { value: Record<string, unknown>[] };
    if (value.some((row) => Object(row) !== row || Array.isArray(row))) return 'refused';
    if (value.some((row) => Object.values(row).some((one) => Object(one) === one))) return 'refused';
    return value.map((row) => [row['a'], row['n']].map((one) => one ?? undefined));
  } catch {
    return 'refused';
  }
}
