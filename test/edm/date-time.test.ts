import { expect } from 'chai';
import fc from 'fast-check';
import { DATE_TIME_RANGE, etagOf, formatDateTime, instantOfEtag, parseDateTime } from '../../src/edm/date-time.js';

const instant = fc.record({
  milliseconds: fc.integer({ min: DATE_TIME_RANGE.first, max: DATE_TIME_RANGE.last }),
  ticks: fc.integer({ min: 0, max: 9999 }),
});

describe('The text of a DateTime', () => {
  it('The text of a DateTime keeps 100 ns and leaves out trailing zeros, as the service does (source: recorded)', () => {
    expect(formatDateTime(Date.UTC(2017, 1, 17, 0, 56, 29, 205), 1590)).to.equal('2017-02-17T00:56:29.205159Z');
    expect(formatDateTime(Date.UTC(2017, 1, 17, 0, 56, 0, 409), 1025)).to.equal('2017-02-17T00:56:00.4091025Z');
    expect(formatDateTime(Date.UTC(2020, 0, 1))).to.equal('2020-01-01T00:00:00Z');
    expect(formatDateTime(Date.UTC(2020, 0, 1, 0, 0, 0, 120))).to.equal('2020-01-01T00:00:00.12Z');
  });

  it('The text of a DateTime is parsed to the same instant, for every instant that the service can hold', () => {
    fc.assert(
      fc.property(instant, ({ milliseconds, ticks }) => {
        expect(parseDateTime(formatDateTime(milliseconds, ticks))).to.deep.equal({ milliseconds, ticks });
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('The text of a DateTime is parsed with an offset', () => {
    expect(parseDateTime('2020-01-01T00:00:00.1234567-08:00')).to.deep.equal({
      milliseconds: Date.UTC(2020, 0, 1, 8, 0, 0, 123),
      ticks: 4567,
    });
  });

  for (const text of [
    '',
    '2020-01-01',
    '2020-13-01T00:00:00Z',
    '2020-01-01T00:00:00.12345678Z',
    'x',
    '2020-01-01 00:00:00Z',
  ]) {
    it(`The text "${text}" is not parsed as a DateTime`, () => {
      expect(parseDateTime(text)).to.equal(undefined);
    });
  }
});

describe('The ETag of a timestamp', () => {
  it('The ETag of a timestamp is its percent-encoded text (source: recorded)', () => {
    expect(etagOf(Date.UTC(2017, 1, 17, 0, 56, 0, 409), 1025)).to.equal(
      `W/"datetime'2017-02-17T00%3A56%3A00.4091025Z'"`,
    );
  });

  it('The ETag of a timestamp is parsed to the same timestamp', () => {
    fc.assert(
      fc.property(instant, ({ milliseconds, ticks }) => {
        expect(instantOfEtag(etagOf(milliseconds, ticks))).to.deep.equal({ milliseconds, ticks });
      }),
      { seed: 1 },
    );
  });

  it('An ETag of another form is not parsed as a timestamp', () => {
    expect(
      ['', '*', '"x"', `W/"datetime'%'"`, `W/"datetime'nonsense'"`].map((etag) => instantOfEtag(etag)),
    ).to.deep.equal(Array.from({ length: 5 }, () => undefined));
  });
});
