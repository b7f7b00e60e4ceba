import { expect } from 'chai';
import * as fc from 'fast-check';
import { DATE_TIME_RANGE, etagOf } from '../../../src/edm/date-time.js';
import {
  etagText,
  INSTANT_BYTES,
  readMilliseconds,
  readTicks,
  writeInstant,
} from '../../../src/stores/embedded/rows/instant.js';
import { RUNS } from './samples.js';

const instants = fc.tuple(
  fc.integer({ min: DATE_TIME_RANGE.first, max: DATE_TIME_RANGE.last }),
  fc.oneof(fc.constantFrom(0, 1, 10, 100, 1000, 9999), fc.integer({ min: 0, max: 9999 })),
);

describe('etagText', () => {
  it('etagText returns the same as etagOf, whatever it returned before', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 2000 }), ([milliseconds, ticks], later) => {
        const other = Math.min(milliseconds + later, DATE_TIME_RANGE.last);
        expect(etagText(milliseconds, ticks)).to.equal(etagOf(milliseconds, ticks));
        expect(etagText(other, ticks)).to.equal(etagOf(other, ticks));
      }),
      RUNS,
    );
  });
});

describe('An encoded instant', () => {
  it('An encoded instant keeps its 100 ns over the whole range of Edm.DateTime', () => {
    const bytes = Buffer.alloc(INSTANT_BYTES);
    fc.assert(
      fc.property(instants, ([milliseconds, ticks]) => {
        writeInstant(bytes, 0, milliseconds, ticks);
        expect([readMilliseconds(bytes, 0), readTicks(bytes, 0)]).to.deep.equal([milliseconds, ticks]);
      }),
      RUNS,
    );
  });
});
