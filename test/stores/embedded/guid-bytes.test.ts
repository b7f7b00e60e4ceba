import { expect } from 'chai';
import * as fc from 'fast-check';
import { Guid } from '../../../src/edm/guid.js';
import { GUID_BYTES, readGuid, writeGuid } from '../../../src/stores/embedded/guid-bytes.js';
import { RUNS } from './samples.js';

describe('The bytes of a Guid', () => {
  it('give back its text in lower case', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), (text, upper) => {
        const bytes = Buffer.alloc(GUID_BYTES + 2);
        expect(writeGuid(bytes, 1, upper ? text.toUpperCase() : text)).to.equal(true);
        expect(readGuid(bytes, 1)).to.equal(text);
        expect([bytes[0], bytes[GUID_BYTES + 1]]).to.deep.equal([0, 0]);
      }),
      RUNS,
    );
  });

  it('are made of the texts that are Guids, and of no others', () => {
    const one = '00112233-4455-6677-8899-aabbccddeeff';
    const place = fc.nat(one.length - 1);
    const unit = fc.oneof(fc.constantFrom('-', 'g', 'G', '/', ':', '@', '`', 'ａ', 'İ', '', '00'), fc.string());
    fc.assert(
      fc.property(place, unit, (at, other) => {
        const text = one.slice(0, at) + other + one.slice(at + 1);
        expect(writeGuid(Buffer.alloc(GUID_BYTES), 0, text)).to.equal(Guid.isText(text));
      }),
      RUNS,
    );
  });
});
