import { expect } from 'chai';

import { and, conditionOf, not, or, type Filter } from '../../src/filter/filter.js';
import { filter } from '../../src/filter/make-filter.js';
import { Order } from './entities.js';
import { codeOf } from './thrown.js';

describe('A filter', () => {
  const large = filter(Order, (o) => o.total.gt(1000));
  const open = filter(Order, (o) => o.status.in(['open', 'shipped']));

  it('is a tree over the names of the class, with operands as they were given', () => {
    expect(conditionOf(large.and(not(open)))).to.deep.equal({
      kind: 'and',
      operands: [
        { kind: 'test', property: 'total', operator: 'gt', operands: [1000] },
        { kind: 'not', operand: { kind: 'test', property: 'status', operator: 'in', operands: ['open', 'shipped'] } },
      ],
    });
  });

  it('combines by methods and by functions alike', () => {
    expect(JSON.stringify(large.or(open, large))).to.equal(JSON.stringify(or(large, open, large)));
    expect(JSON.stringify(large.and(open).and(large))).to.equal(JSON.stringify(and(large, open, large)));
  });

  it('is readable, and shows no operand', () => {
    const text = String(
      filter(Order, (o) =>
        and(
          o.total.between(1, 2),
          or(o.status.in(['open']), o.status.in(['open', 'shipped'])),
          not(o.email.startsWith('secret')),
          o.address.isMissing(),
        ),
      ),
    );
    expect(text).to.equal(
      'total between … and … and (status in […] or status in [… 2 values]) and not (email startsWith …) and address isMissing',
    );
  });

  it('does not change when it is combined, nor when an operand does', () => {
    const before = conditionOf(large);
    large.and(open);
    expect(conditionOf(large)).to.equal(before);

    const date = new Date(0);
    const bytes = new Uint8Array([1]);
    const made = filter(Order, (o) => o.placedAt.eq(date).and(o.signature.eq(bytes)));
    date.setTime(5);
    bytes[0] = 2;
    expect(conditionOf(made)).to.deep.equal({
      kind: 'and',
      operands: [
        { kind: 'test', property: 'placedAt', operator: 'eq', operands: [new Date(0)] },
        { kind: 'test', property: 'signature', operator: 'eq', operands: [new Uint8Array([1])] },
      ],
    });
    expect(Object.isFrozen(conditionOf(made))).to.equal(true);
    expect(Object.isFrozen(made)).to.equal(true);
  });

  it('refuses absent operands and wrong numbers of them where they are given', () => {
    const wrong: readonly ((
      o: Record<string, Record<string, (...values: unknown[]) => Filter<Order>>>,
    ) => Filter<Order>)[] = [
      (o) => o['total']!['eq']!(null),
      (o) => o['total']!['gt']!(undefined),
      (o) => o['total']!['in']!([1, null]),
      (o) => o['total']!['in']!(5),
      (o) => o['total']!['between']!(1, undefined),
      (o) => o['email']!['startsWith']!(undefined),
    ];
    expect(wrong.map((make) => codeOf(() => filter(Order, make as never)))).to.deep.equal(
      wrong.map(() => 'query.invalid-operand'),
    );
  });

  it('is what a callback must return', () => {
    expect(codeOf(() => filter(Order, ((o: { total: unknown }) => o.total) as never))).to.equal('query.invalid-filter');
    expect(codeOf(() => filter(Order, (() => undefined) as never))).to.equal('query.invalid-filter');
    expect(codeOf(() => filter(undefined as never, () => large))).to.equal('query.invalid-filter');
  });
});
