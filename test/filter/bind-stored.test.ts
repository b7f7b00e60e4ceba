import { expect } from 'chai';
import { Guid } from '../../src/edm/guid.js';
import { bindStored } from '../../src/filter/bind-stored.js';
import { conditionOfFilter, not, type Filter } from '../../src/filter/filter.js';
import { toOData } from '../../src/filter/odata.js';
import { storedReferences, type StoredRefs } from '../../src/filter/property-refs.js';
import type { FilterNode } from '../../src/store/filter-node.js';

const p: StoredRefs<unknown> = storedReferences();
const bound = (filter: Filter<unknown>): FilterNode | boolean => bindStored('Orders', conditionOfFilter(filter));
const odata = (filter: Filter<unknown>): string => toOData(bound(filter) as FilterNode);

describe('A filter on stored names', () => {
  it('A filter on stored names with an empty list matches no row', () => {
    expect(bound(p('s').in([]))).to.equal(false);
    expect(bound(not(p('s').in([])))).to.equal(true);
    expect(bound(p('s').in([]).and(p('b').eq(true)))).to.equal(false);
    expect(odata(p('s').in([]).or(p('b').eq(true)))).to.equal('b eq true');
  });

  for (const [what, filter, text] of [
    ['a string', p('s').eq("it's"), "s eq 'it''s'"],
    ['a boolean', p('b').ne(true), 'b ne true'],
    ['a bigint', p('l').gt(5n), 'l gt 5L'],
    ['a date', p('t').le(new Date(0)), "t le datetime'1970-01-01T00:00:00Z'"],
    [
      'a Guid',
      p('g').eq(Guid.parse('C9DA6455-213D-42C9-9A79-3E9149A57833')),
      "g eq guid'c9da6455-213d-42c9-9a79-3e9149a57833'",
    ],
    ['bytes', p('x').eq(Uint8Array.of(10, 255)), "x eq X'0aff'"],
    ['an Int32', p('i').lt({ type: 'Int32', value: 5 }), 'i lt 5'],
    ['a Double', p('d').ge({ type: 'Double', value: 5 }), 'd ge 5.0'],
    ['several values', p('s').in(['a', 'b']), "s eq 'a' or s eq 'b'"],
    ['a range', p('s').between('a', 'b'), "s ge 'a' and s le 'b'"],
    ['a prefix', p('s').startsWith('ab'), "s ge 'ab' and s lt 'ac'"],
    ['a prefix of a key', p('RowKey').startsWith('a.'), "RowKey ge 'a.' and RowKey lt 'a0'"],
    ['the timestamp', p('Timestamp').gt(new Date(0)), "Timestamp gt datetime'1970-01-01T00:00:00Z'"],
    ['a negation of two', not(p('s').eq('a').or(p('b').eq(true))), "not (s eq 'a' or b eq true)"],
  ] as const) {
    it(`A filter on stored names is sent as OData: ${what}`, () => {
      expect(odata(filter)).to.equal(text);
    });
  }

  for (const [what, filter, message] of [
    [
      'a number without its type',
      () => p('i').eq(5 as never),
      `"eq" on "i" of the table Orders takes a number with its type, { type: 'Int32', value } or { type: 'Double', value }, not number alone.`,
    ],
    [
      'an object that is not a value',
      () => p('i').eq({} as never),
      '"eq" on "i" of the table Orders takes a string, a boolean, a bigint, a Date, a Guid, a Uint8Array or { type, value }, not Object alone.',
    ],
    [
      'a value that does not have the type it states',
      () => p('i').eq({ type: 'Int32', value: 0.5 }),
      '"eq" on Orders.i (Edm.Int32) takes an integer from -2147483648 to 2147483647, not a number that is not an integer.',
    ],
    [
      'a key that is not a string',
      () => p('RowKey').eq(5n),
      '"eq" on Orders.RowKey (Edm.String) takes a string, not bigint.',
    ],
    [
      'an order comparison of Guids',
      () => p('g').gt(Guid.random()),
      'Orders.g cannot be compared by "gt": Edm.Guid has no order. Use eq, ne or in.',
    ],
    [
      'a property name that would inject OData',
      () => p('i eq 1 or s').eq('x'),
      '"i eq 1 or s" names no property of the table Orders: a stored name is letters, digits and _, and does not begin with a digit.',
    ],
  ] as const) {
    it(`A filter on stored names rejects ${what} without showing the operand`, () => {
      expect(() => odata(filter())).to.throw(message);
    });
  }
});
