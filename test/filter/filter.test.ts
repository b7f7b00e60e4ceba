import { expect } from 'chai';
import { and, conditionOfFilter, not, or, type Filter } from '../../src/filter/filter.js';
import { filter } from '../../src/filter/make-filter.js';
import { Order } from './entities.js';
import { codeOf, thrown } from './thrown.js';

describe('A filter', () => {
  const large = filter(Order, (o) => o.total.gt(1000));
  const open = filter(Order, (o) => o.status.in(['open', 'shipped']));

  it('A filter is a tree of tests with the property names of the class and the operands as passed', () => {
    expect(conditionOfFilter(large.and(not(open)))).to.deep.equal({
      kind: 'and',
      operands: [
        { kind: 'test', property: 'total', operator: 'gt', operands: [1000] },
        { kind: 'not', operand: { kind: 'test', property: 'status', operator: 'in', operands: ['open', 'shipped'] } },
      ],
    });
  });

  it('A filter is combined in the same way by methods and by functions', () => {
    expect(JSON.stringify(large.or(open, large))).to.equal(JSON.stringify(or(large, open, large)));
    expect(JSON.stringify(large.and(open).and(large))).to.equal(JSON.stringify(and(large, open, large)));
  });

  it('A filter has a readable text without operands', () => {
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

  it('A filter is not changed by combining it, or by modifying a Date or bytes passed to it', () => {
    const before = conditionOfFilter(large);
    large.and(open);
    expect(conditionOfFilter(large)).to.equal(before);

    const date = new Date(0);
    const bytes = new Uint8Array([1]);
    const made = filter(Order, (o) => o.placedAt.eq(date).and(o.signature.eq(bytes)));
    date.setTime(5);
    bytes[0] = 2;
    expect(conditionOfFilter(made)).to.deep.equal({
      kind: 'and',
      operands: [
        { kind: 'test', property: 'placedAt', operator: 'eq', operands: [new Date(0)] },
        { kind: 'test', property: 'signature', operator: 'eq', operands: [new Uint8Array([1])] },
      ],
    });
    expect(Object.isFrozen(conditionOfFilter(made))).to.equal(true);
    expect(Object.isFrozen(made)).to.equal(true);
  });

  it('A filter rejects null, undefined and a wrong number of operands when it is built', () => {
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

  it('A filter that is joined with itself repeatedly is rejected before the work grows', () => {
    for (const join of [and, or]) {
      let doubled: Filter<Order> = filter(Order, { total: 1 });
      const error = thrown(() => {
        for (let times = 0; times < 40; times++)
          doubled = times % 2 === 0 ? join(doubled, doubled) : not(join(doubled, doubled));
      });
      expect(error).to.include({ code: 'query.invalid-filter' });
      expect(error.details).to.deep.equal({ reason: 'it has more than 100000 comparisons' });
    }
  });

  it('A filter rejects fake Dates and fake bytes, and bytes that were transferred to another thread', () => {
    const detached = new Uint8Array(8);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    for (const operand of [Object.create(Date.prototype), Object.create(Uint8Array.prototype), detached] as never[]) {
      const made = filter(Order, { total: operand });
      expect(codeOf(() => JSON.stringify(made))).to.equal('query.invalid-filter');
    }
  });

  it('A filter callback that does not return a filter is rejected', () => {
    expect(codeOf(() => filter(Order, ((o: { total: unknown }) => o.total) as never))).to.equal('query.invalid-filter');
    expect(codeOf(() => filter(Order, (() => undefined) as never))).to.equal('query.invalid-filter');
    expect(codeOf(() => filter(undefined as never, () => large))).to.equal('query.invalid-filter');
  });
});
