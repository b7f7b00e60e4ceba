import { expect } from 'chai';
import { Guid } from '../../src/edm/guid.js';
import { and, conditionOfFilter, not, or } from '../../src/filter/filter.js';
import { filterFromJSON } from '../../src/filter/filter-json.js';
import { filter } from '../../src/filter/make-filter.js';
import { Order } from './entities.js';
import { codeOf, thrown } from './thrown.js';

describe('A filter as JSON', () => {
  const all = filter(Order, (o) =>
    or(
      and(o.total.gt(1000), o.status.in(['open', 'shipped']), not(o.email.startsWith('a'))),
      o.sequence.between(-1n, 9007199254740993n),
      o.placedAt.ge(new Date(Date.UTC(2026, 0, 1))),
      o.correlation.eq(Guid.parse('c9da6455-213d-42c9-9a79-3e9149a57833')),
      o.signature.eq(new Uint8Array([1, 255])),
      o.paid.eq(true),
      o.address.isMissing(),
    ),
  );

  it('A filter as JSON is plain data and names the EDM types that JSON does not have', () => {
    expect(JSON.parse(JSON.stringify(all))).to.deep.equal({
      or: [
        {
          and: [
            { property: 'total', operator: 'gt', operands: [1000] },
            { property: 'status', operator: 'in', operands: ['open', 'shipped'] },
            { not: { property: 'email', operator: 'startsWith', operands: ['a'] } },
          ],
        },
        { property: 'sequence', operator: 'between', operands: [{ Int64: '-1' }, { Int64: '9007199254740993' }] },
        { property: 'placedAt', operator: 'ge', operands: [{ DateTime: '2026-01-01T00:00:00.000Z' }] },
        { property: 'correlation', operator: 'eq', operands: [{ Guid: 'c9da6455-213d-42c9-9a79-3e9149a57833' }] },
        { property: 'signature', operator: 'eq', operands: [{ Binary: 'Af8=' }] },
        { property: 'paid', operator: 'eq', operands: [true] },
        { property: 'address', operator: 'isMissing' },
      ],
    });
  });

  it('A filter as JSON is read back unchanged', () => {
    expect(conditionOfFilter(filterFromJSON(Order, JSON.parse(JSON.stringify(all))))).to.deep.equal(
      conditionOfFilter(all),
    );
  });

  const refused: readonly (readonly [json: unknown, code: string])[] = [
    [null, 'query.invalid-filter'],
    ['total gt 5', 'query.invalid-filter'],
    [[], 'query.invalid-filter'],
    [{}, 'query.invalid-filter'],
    [{ and: [] }, 'query.invalid-filter'],
    [{ and: {} }, 'query.invalid-filter'],
    [{ and: [{ property: 'total', operator: 'gt', operands: [1] }], or: [] }, 'query.invalid-filter'],
    [{ property: 'total', operator: 'gt', operands: [1], extra: 1 }, 'query.invalid-filter'],
    [{ property: 'total', operator: 'constructor', operands: [1] }, 'query.invalid-filter'],
    [{ property: 'total', operator: 'gt', operands: 1 }, 'query.invalid-filter'],
    [{ property: 5, operator: 'gt', operands: [1] }, 'query.invalid-filter'],
    [{ property: 'total', operator: 'gt', operands: [{ Double: '1' }] }, 'query.invalid-filter'],
    [{ property: 'total', operator: 'gt', operands: [null] }, 'query.invalid-filter'],
    [{ property: 'sequence', operator: 'eq', operands: [{ Int64: '1e5' }] }, 'query.invalid-filter'],
    [{ property: 'placedAt', operator: 'eq', operands: [{ DateTime: 'yesterday' }] }, 'query.invalid-filter'],
    [{ property: 'total', operator: 'gt' }, 'query.invalid-operand'],
    [{ property: 'total', operator: 'gt', operands: ['1 or 1 eq 1'] }, 'query.invalid-operand'],
    [{ property: 'sequence', operator: 'eq', operands: [{ Int64: '9223372036854775808' }] }, 'query.invalid-operand'],
    [{ property: 'paid', operator: 'gt', operands: [true] }, 'query.not-comparable'],
    [{ property: '__proto__', operator: 'isPresent' }, 'query.unknown-property'],
    [{ property: 'password', operator: 'eq', operands: ['x'] }, 'query.unknown-property'],
    [
      Array.from({ length: 30 }).reduce<unknown>((inner) => ({ not: inner }), {
        property: 'paid',
        operator: 'isPresent',
      }),
      'query.invalid-filter',
    ],
    [{ property: 'items', operator: 'in', operands: Array.from({ length: 2000 }, () => 1) }, 'query.invalid-filter'],
  ];
  for (const [json, code] of refused) {
    it(`A filter as JSON is rejected: ${JSON.stringify(json).slice(0, 90)}`, () => {
      expect(codeOf(() => filterFromJSON(Order, json))).to.equal(code);
    });
  }

  it('A filter as JSON can test only the allowed properties, and its error does not name any others', () => {
    const may = { properties: ['total', 'status'] } as const;
    const asked = { property: 'total', operator: 'gt', operands: [5] };
    expect(conditionOfFilter(filterFromJSON(Order, asked, may))).to.deep.equal(
      conditionOfFilter(filterFromJSON(Order, asked)),
    );
    for (const property of ['email', 'password', '__proto__']) {
      const json = { or: [asked, { not: { property, operator: 'startsWith', operands: ['a'] } }] };
      expect(thrown(() => filterFromJSON(Order, json, may))).to.deep.equal({
        code: 'query.unknown-property',
        details: { className: 'Order', property },
        message: `A filter on Order may not ask "${property}". It may ask: total, status.`,
      });
    }
    expect(codeOf(() => filterFromJSON(Order, asked, { properties: [] }))).to.equal('query.unknown-property');
    expect(codeOf(() => filterFromJSON(Order, asked, { properties: ['totl' as never] }))).to.equal(
      'query.unknown-property',
    );
    for (const wrong of [null, {}, { properties: undefined }, { properties: 'total' }, { properties: [5] }, 5]) {
      expect(codeOf(() => filterFromJSON(Order, asked, wrong as never))).to.equal('validation.invalid-option');
    }
  });

  it('A filter with an operand that has no JSON form cannot be written as JSON', () => {
    const odd = filter(Order, (o) => o.email.eq({ toString: () => 'x' } as never));
    expect(codeOf(() => JSON.stringify(odd))).to.equal('query.invalid-filter');
  });
});
