import { expect } from 'chai';
import fc from 'fast-check';
import type { TypedValue } from '../../src/edm/edm-type.js';
import { Guid } from '../../src/edm/guid.js';
import { literal } from '../../src/edm/literal.js';

const TABLE: readonly (readonly [TypedValue, string])[] = [
  [{ type: 'String', value: "it's" }, "'it''s'"],
  [{ type: 'String', value: '' }, "''"],
  [{ type: 'Boolean', value: true }, 'true'],
  [{ type: 'Int32', value: -5 }, '-5'],
  [{ type: 'Int64', value: 9007199254740993n }, '9007199254740993L'],
  [{ type: 'Double', value: 3 }, '3.0'],
  [{ type: 'Double', value: -0 }, '-0.0'],
  [{ type: 'Double', value: 0.5 }, '0.5'],
  [{ type: 'Double', value: 1e21 }, '1000000000000000000000.0'],
  [{ type: 'Double', value: -1.25e-7 }, '-0.000000125'],
  [{ type: 'Double', value: 5e-324 }, `0.${'0'.repeat(323)}5`],
  [{ type: 'DateTime', value: new Date(Date.UTC(2020, 0, 1, 0, 0, 0, 120)) }, "datetime'2020-01-01T00:00:00.12Z'"],
  [
    { type: 'Guid', value: Guid.parse('C9DA6455-213D-42C9-9A79-3E9149A57833') },
    "guid'c9da6455-213d-42c9-9a79-3e9149a57833'",
  ],
  [{ type: 'Binary', value: new Uint8Array([9, 10, 255, 9]).subarray(1, 3) }, "X'0aff'"],
];

describe('An OData literal', () => {
  for (const [operand, text] of TABLE) {
    it(`An OData literal of the type ${operand.type} has the form of its type: ${text} (source: documentation)`, () => {
      expect(literal(operand)).to.equal(text);
    });
  }

  it('An OData literal of a Double has no exponent and is parsed to the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = literal({ type: 'Double', value });
        expect(text).to.match(/^-?\d+\.\d+$/);
        expect(Number(text)).to.equal(value); // distinguishes 0 and -0
      }),
    );
  });
});
