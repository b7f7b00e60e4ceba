import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  partitionEnd,
  readPartitionKey,
  readText,
  writeKey,
  type TableKey,
} from '../../../src/stores/embedded/key-bytes.js';
import { anyKey, anyText, RUNS } from '../embedded/samples.js';

const LONGEST_KEY = 4026; // the most that pages of 8,192 bytes can hold

function bytesOf(key: TableKey): Buffer {
  const target = Buffer.alloc(8192);
  return target.subarray(0, writeKey(key, target, 0));
}

/** Compares texts in the order of UTF-16 code units, which is JavaScript's own. */
function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

describe('Encoded keys', () => {
  for (const [name, key, expected] of [
    ['a row', { table: 1, partitionKey: 'a', rowKey: '\uff21' }, '00000001 61 00 efbca1'],
    ['a row beyond U+FFFF', { table: 1, partitionKey: 'a', rowKey: '\u{1f600}' }, '00000001 61 00 eda0bdedb880'],
    ['a row of empty keys', { table: 258, partitionKey: '', rowKey: '' }, '00000102 00'],
    ['the place behind a row', { table: 1, partitionKey: 'a', rowKey: 'é', after: true }, '00000001 61 00 c3a9 00'],
    ['the place before a partition', { table: 1, partitionKey: 'a', after: false }, '00000001 61 00'],
    ['the place behind a partition', { table: 1, partitionKey: 'a', after: true }, '00000001 61 01'],
    ['the place before a table', { table: 1 }, '00000001'],
  ] as const satisfies readonly (readonly [string, TableKey, string])[]) {
    it(`Encoded keys are a stored format: ${name}`, () => {
      expect(bytesOf(key).toString('hex')).to.equal(expected.replaceAll(' ', ''));
    });
  }

  it('Encoded keys sort as JavaScript sorts partition keys, then row keys', () => {
    fc.assert(
      fc.property(fc.tuple(anyKey, anyKey), fc.tuple(anyKey, anyKey), ([p1, r1], [p2, r2]) => {
        const compared = Buffer.compare(
          bytesOf({ table: 1, partitionKey: p1, rowKey: r1 }),
          bytesOf({ table: 1, partitionKey: p2, rowKey: r2 }),
        );
        expect(Math.sign(compared)).to.equal(order(p1, p2) || order(r1, r2));
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });

  it('Encoded keys are read back unchanged, including unpaired surrogates', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.nat({ max: 2 ** 32 - 2 }), (partitionKey, rowKey, table) => {
        const bytes = bytesOf({ table, partitionKey, rowKey });
        const end = partitionEnd(bytes);
        expect(bytes.readUInt32BE(0)).to.equal(table);
        expect([readPartitionKey(bytes, end), readText(bytes, end + 1, bytes.length)]).to.deep.equal([
          partitionKey,
          rowKey,
        ]);
      }),
      RUNS,
    );
  });

  it('Encoded keys sort correctly against boundaries made of any text', () => {
    const bound = fc.oneof(anyText, fc.string({ unit: 'binary', maxLength: 12 }));
    const place = fc.record({ partitionKey: bound, rowKey: fc.option(bound, { nil: undefined }), after: fc.boolean() });
    fc.assert(
      fc.property(anyKey, anyKey, place, (partitionKey, rowKey, { rowKey: placeRow, ...rest }) => {
        const at = placeRow === undefined ? rest : { ...rest, rowKey: placeRow };
        const side = order(partitionKey, rest.partitionKey) || (placeRow === undefined ? 0 : order(rowKey, placeRow));
        const compared = Buffer.compare(bytesOf({ table: 1, partitionKey, rowKey }), bytesOf({ table: 1, ...at }));
        expect(compared < 0).to.equal(side < 0 || (side === 0 && rest.after));
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });

  it('Encoded keys have room for the longest keys of the service, and longer boundaries are cut without changing their order', () => {
    const longest = '\uffff'.repeat(512);
    const bound = '\uffff'.repeat(5000);
    expect(bytesOf({ table: 1, partitionKey: longest, rowKey: longest })).to.have.lengthOf(3077);
    const place = bytesOf({ table: 1, partitionKey: bound, rowKey: bound, after: true });
    expect(place.length).to.be.lessThan(LONGEST_KEY);
    expect(Buffer.compare(bytesOf({ table: 1, partitionKey: longest, rowKey: '' }), place)).to.equal(-1);
  });
});
