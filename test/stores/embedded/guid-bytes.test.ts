import { expect } from 'chai';
import * as fc from 'fast-check';
import { Guid } from '../../../src/edm/guid.js';
import { GUID_BYTES, readGuid, writeGuid } from '../../../src/stores/embedded/rows/row-buffer.js';
import { RUNS } from './samples.js';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

describe('The bytes of a Guid', () => {
  it('The bytes of a Guid are read back as the same Guid, with its text in lower case', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), (text, upper) => {
        const bytes = new DataView(new ArrayBuffer(GUID_BYTES + 2));
        expect(writeGuid(bytes, 1, upper ? text.toUpperCase() : text)).to.equal(true);
        expect(readGuid(bytes, 1)).to.deep.equal(Guid.parse(text));
        expect(readGuid(bytes, 1).toString()).to.equal(text);
        expect([bytes.getInt8(0), bytes.getInt8(GUID_BYTES + 1)]).to.deep.equal([0, 0]);
      }),
      RUNS,
    );
  });

  it('The bytes of a Guid are written for texts that are Guids, and for no others', () => {
    const one = '00112233-4455-6677-8899-aabbccddeeff';
    const place = fc.nat(one.length - 1);
    const unit = fc.oneof(fc.constantFrom('-', 'g', 'G', '/', ':', '@', '`', 'ａ', 'İ', '', '00'), fc.string());
    fc.assert(
      fc.property(place, unit, (at, other) => {
        const text = one.slice(0, at) + other + one.slice(at + 1);
        expect(writeGuid(new DataView(new ArrayBuffer(GUID_BYTES)), 0, text)).to.equal(GUID.test(text));
      }),
      RUNS,
    );
  });
});
