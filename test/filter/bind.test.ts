import { expect } from 'chai';
import { Guid } from '../../src/edm/guid.js';
import type { Filter } from '../../src/filter/filter.js';
import type { PropertyRefs } from '../../src/filter/property-refs.js';
import { Order } from './entities.js';
import { odataOf } from './resolve.js';
import { codeOf, thrown } from './thrown.js';

type Where = (o: PropertyRefs<Order>) => Filter<Order>;
type Loose = Record<string, Record<string, (...values: unknown[]) => Filter<Order>>>;

describe('A filter bound to a class', () => {
  const guid = Guid.parse('C9DA6455-213D-42C9-9A79-3E9149A57833');
  const said: readonly (readonly [where: Where, odata: string | boolean])[] = [
    [(o) => o.total.eq(5), 'total eq 5.0'],
    [(o) => o.total.gt(-0.5), 'total gt -0.5'],
    [(o) => o.items.le(-5), 'items le -5'],
    [(o) => o.sequence.ge(9007199254740993n), 'sequence ge 9007199254740993L'],
    [(o) => o.placedAt.lt(new Date(Date.UTC(2020, 0, 1))), "placedAt lt datetime'2020-01-01T00:00:00Z'"],
    [(o) => o.correlation.ne(guid), "correlation ne guid'c9da6455-213d-42c9-9a79-3e9149a57833'"],
    [(o) => o.signature.eq(new Uint8Array([10, 255])), "signature eq X'0aff'"],
    [(o) => o.paid.eq(false), 'paid eq false'],
    [(o) => o.email.eq("O'Neill"), "contact_email eq 'O''Neill'"],
    [(o) => o.status.in(['open', 'shipped']), "status eq 'open' or status eq 'shipped'"],
    [(o) => o.status.in(['open']), "status eq 'open'"],
    [(o) => o.status.gt('open'), "status gt 'open'"],
    [(o) => o.items.between(1, 5), 'items ge 1 and items le 5'],
    [(o) => o.rank.gt(5), 'rank lt -5'],
    [(o) => o.rank.between(1, 5), 'rank le -1 and rank ge -5'],
    [(o) => o.email.startsWith('ab'), "contact_email ge 'ab' and contact_email lt 'ac'"],
    [(o) => o.email.startsWith(''), "contact_email eq '' or contact_email ne ''"],
    [(o) => o.email.startsWith('\uFFFF'), "contact_email ge '\uFFFF'"],
    [(o) => o.email.isPresent(), "contact_email eq '' or contact_email ne ''"],
    [(o) => o.email.isMissing(), "not (contact_email eq '' or contact_email ne '')"],
    [(o) => o.address.isMissing(), "not (address eq '' or address ne '')"],
    [(o) => o.total.isPresent(), 'total eq 0.0 or total ne 0.0'],
    [(o) => o.signature.isPresent(), "signature eq X'00' or signature ne X'00'"],
    [(o) => o.updatedAt.ge(new Date(0)), "Timestamp ge datetime'1970-01-01T00:00:00Z'"],
    [(o) => o.updatedAt.isPresent(), true],
    [(o) => o.orderId.isMissing(), false],
    [(o) => o.orderId.gt('a'), "RowKey gt 'a'"],
    [(o) => o.orderId.ne('a'), "RowKey ne 'a'"],
    [(o) => o.orderId.startsWith('2026-'), "RowKey ge '2026-' and RowKey lt '2026.'"],
    [(o) => o.orderId.startsWith('.'), "RowKey ge '.' and RowKey lt '0'"],
    [(o) => o.orderId.startsWith(''), true],
    [(o) => o.customerId.in(['a', 'b']), "PartitionKey eq 'a' or PartitionKey eq 'b'"],
    [
      (o) => o.total.gt(1).and(o.orderId.gt('a'), o.orderId.between('b', 'c')),
      "RowKey ge 'b' and RowKey le 'c' and total gt 1.0",
    ],
    [(o) => o.orderId.eq('a').and(o.orderId.eq('b')), false],
    [(o) => o.total.gt(1).or(o.orderId.eq('a').and(o.orderId.eq('b'))), 'total gt 1.0'],
    [(o) => o.total.gt(1).or(o.orderId.isPresent()), true],
  ];
  for (const [where, odata] of said) {
    it(`A filter bound to a class becomes ${String(odata)}`, () => {
      expect(odataOf(Order, where)).to.equal(odata);
    });
  }

  const refused: readonly (readonly [
    property: string,
    operator: string,
    operands: readonly unknown[],
    code: string,
  ])[] = [
    ['total', 'eq', ['5'], 'query.invalid-operand'],
    ['total', 'eq', [5n], 'query.invalid-operand'],
    ['total', 'gt', [Number.NaN], 'query.invalid-operand'],
    ['total', 'lt', [Infinity], 'query.invalid-operand'],
    ['items', 'eq', [1.5], 'query.invalid-operand'],
    ['items', 'eq', [2147483648], 'query.invalid-operand'],
    ['items', 'in', [[1, -2147483649]], 'query.invalid-operand'],
    ['sequence', 'eq', [5], 'query.invalid-operand'],
    ['sequence', 'eq', [2n ** 63n], 'query.invalid-operand'],
    ['placedAt', 'eq', ['2020-01-01'], 'query.invalid-operand'],
    ['placedAt', 'eq', [new Date(Number.NaN)], 'query.invalid-operand'],
    ['placedAt', 'eq', [new Date(-11_644_473_600_001)], 'query.invalid-operand'],
    ['correlation', 'eq', ['c9da6455-213d-42c9-9a79-3e9149a57833'], 'query.invalid-operand'],
    ['signature', 'eq', ['00'], 'query.invalid-operand'],
    ['paid', 'eq', [1], 'query.invalid-operand'],
    ['email', 'eq', ['\uD800'], 'query.invalid-operand'],
    ['email', 'startsWith', [5], 'query.invalid-operand'],
    ['orderId', 'eq', [5], 'query.invalid-operand'],
    ['orderId', 'startsWith', ['\uDC00'], 'query.invalid-operand'],
    ['status', 'eq', ['lost'], 'query.invalid-operand'],
    ['paid', 'gt', [true], 'query.not-comparable'],
    ['correlation', 'le', [guid], 'query.not-comparable'],
    ['signature', 'between', [new Uint8Array(), new Uint8Array()], 'query.not-comparable'],
    ['address', 'gt', [{ street: 'a' }], 'query.not-comparable'],
    ['total', 'startsWith', ['1'], 'query.not-comparable'],
    ['status', 'startsWith', ['o'], 'query.not-comparable'],
    ['etag', 'eq', ['x'], 'query.not-comparable'],
    ['etag', 'isPresent', [], 'query.not-comparable'],
    ['totl', 'eq', [1], 'query.unknown-property'],
    ['isLarge', 'eq', [true], 'query.unknown-property'],
    ['__proto__', 'eq', [true], 'query.unknown-property'],
  ];
  for (const [property, operator, operands, code] of refused) {
    it(`A filter bound to a class rejects ${property} ${operator} ${operands.map((operand) => typeof operand).join(' ')} with ${code}`, () => {
      expect(codeOf(() => odataOf(Order, (o) => (o as unknown as Loose)[property]![operator]!(...operands)))).to.equal(
        code,
      );
    });
  }

  it('The error of a filter bound to a class names the property, the operator, and what was expected and found, but never the operand', () => {
    expect(thrown(() => odataOf(Order, (o) => o.items.in([1, 2147483648])))).to.deep.equal({
      code: 'query.invalid-operand',
      message:
        '"in" on Order.items (Edm.Int32) takes an integer from -2147483648 to 2147483647, not a number out of range.',
      details: {
        property: 'items',
        operator: 'in',
        expected: 'an integer from -2147483648 to 2147483647',
        found: 'a number out of range',
      },
    });
    expect(thrown(() => odataOf(Order, (o) => o.status.eq('secret' as 'open'))).message).not.to.include('secret');
  });
});
