import { expect } from 'chai';
import { Guid } from '../../src/edm/guid.js';
import { and, not, or, type Filter } from '../../src/filter/filter.js';
import type { PropertyRefs } from '../../src/filter/property-refs.js';
import { Day, DomainEvent } from './entities.js';
import { odataOf } from './resolve.js';
import { thrown } from './thrown.js';

const AT = new Date(Date.UTC(2026, 10, 21));
const STORED_AT = '2516070815999999999';
const ID = Guid.parse('c9da6455-213d-42c9-9a79-3e9149a57833');

describe('A part of a composed key', () => {
  type Where = (e: PropertyRefs<DomainEvent>) => Filter<DomainEvent>;
  const said: readonly (readonly [title: string, where: Where, odata: string | boolean])[] = [
    [
      'for equality becomes a range of keys',
      (e) => e.kind.eq('paid'),
      "RowKey ge 'event|paid|' and RowKey lt 'event|paid}'",
    ],
    [
      'escapes its operand as in keys',
      (e) => e.kind.eq('a|b/c'),
      "RowKey ge 'event|a~7Cb~2Fc|' and RowKey lt 'event|a~7Cb~2Fc}'",
    ],
    [
      'by ne becomes the keys outside a range',
      (e) => e.kind.ne('paid'),
      "RowKey lt 'event|paid|' or RowKey ge 'event|paid}'",
    ],
    [
      'by in becomes several ranges',
      (e) => e.kind.in(['a', 'b']),
      "(RowKey ge 'event|a|' and RowKey lt 'event|a}') or (RowKey ge 'event|b|' and RowKey lt 'event|b}')",
    ],
    [
      'by startsWith narrows the range',
      (e) => e.kind.startsWith('pa'),
      "RowKey ge 'event|pa' and RowKey lt 'event|pb'",
    ],
    ['by startsWith with empty text matches every key', (e) => e.kind.startsWith(''), true],
    [
      'by order becomes a bound after fixed parts, reversed by its converter',
      (e) => e.at.ge(AT).and(e.kind.eq('paid')),
      `RowKey ge 'event|paid|' and RowKey lt 'event|paid|${STORED_AT}}'`,
    ],
    [
      'by the opposite order becomes the other bound',
      (e) => e.kind.eq('paid').and(e.at.gt(AT)),
      `RowKey ge 'event|paid|' and RowKey lt 'event|paid|${STORED_AT}|'`,
    ],
    [
      'by lt on a reversed part becomes a lower bound',
      (e) => e.kind.eq('paid').and(e.at.lt(AT)),
      `RowKey ge 'event|paid|${STORED_AT}}' and RowKey lt 'event|paid}'`,
    ],
    [
      'by between becomes two bounds',
      (e) => e.kind.eq('paid').and(e.at.between(AT, AT)),
      `RowKey ge 'event|paid|${STORED_AT}|' and RowKey lt 'event|paid|${STORED_AT}}'`,
    ],
    [
      'fixes the key if all parts are fixed',
      (e) => and(e.source.eq('web'), e.id.eq(ID), e.at.eq(AT), e.kind.eq('paid')),
      `RowKey eq 'event|paid|${STORED_AT}|${ID.toString()}|web'`,
    ],
    [
      'on the last part compares exactly',
      (e) => and(e.source.gt('web'), e.id.eq(ID), e.at.eq(AT), e.kind.eq('paid')),
      `RowKey gt 'event|paid|${STORED_AT}|${ID.toString()}|web' and RowKey lt 'event|paid|${STORED_AT}|${ID.toString()}}'`,
    ],
    [
      'uses parts that the outer conjunction fixes',
      (e) => e.kind.eq('paid').and(or(e.at.lt(AT), e.payload.eq('x'))),
      `RowKey ge 'event|paid|' and RowKey lt 'event|paid}' and (RowKey ge 'event|paid|${STORED_AT}}' or payload eq 'x')`,
    ],
    [
      'uses only the parts fixed in its own branch of an or',
      (e) => or(and(e.kind.eq('a'), e.at.lt(AT)), and(e.kind.eq('b'), e.at.gt(AT))),
      `(RowKey ge 'event|a|${STORED_AT}}' and RowKey lt 'event|a}') or (RowKey ge 'event|b|' and RowKey lt 'event|b|${STORED_AT}|')`,
    ],
    [
      'can be negated as a range',
      (e) => not(e.kind.eq('paid')),
      "not (RowKey ge 'event|paid|' and RowKey lt 'event|paid}')",
    ],
    ['for two different values matches nothing', (e) => e.kind.eq('a').and(e.kind.eq('b')), false],
    [
      'uses the property that stores the part as well if no range expresses it',
      (e) => e.id.eq(ID),
      `eventId eq guid'${ID.toString()}'`,
    ],
    [
      'on the partition key becomes a range of partition keys',
      (e) => e.tenantId.eq('t'),
      "PartitionKey ge 'TENANT|t|' and PartitionKey lt 'TENANT|t}'",
    ],
    [
      'on the partition key uses the property that stores the part as well',
      (e) => e.stream.startsWith('a'),
      "stream ge 'a' and stream lt 'b'",
    ],
    [
      'fixes the partition key if all its parts are fixed',
      (e) => e.stream.eq('s').and(e.tenantId.eq('t')),
      "PartitionKey eq 'TENANT|t|s'",
    ],
    ['for presence matches every key', (e) => e.at.isPresent(), true],
  ];
  for (const [title, where, odata] of said) {
    it(`A test of a key part ${title}`, () => {
      expect(odataOf(DomainEvent, where)).to.equal(odata);
    });
  }

  const refused: readonly (readonly [title: string, where: Where, property: string, operator: string])[] = [
    ['the parts before it are not fixed', (e) => e.at.gt(AT), 'at', 'gt'],
    ['only one branch of an or fixes the parts before it', (e) => or(e.kind.eq('a'), e.at.gt(AT)), 'at', 'gt'],
    [
      'the parts before it are fixed inside a negation',
      (e) => and(not(e.kind.eq('a')), e.at.between(AT, AT)),
      'at',
      'between',
    ],
    ['it compares text by order and other parts follow', (e) => e.kind.gt('a'), 'kind', 'gt'],
    ['it tests only the last part', (e) => e.source.startsWith('w'), 'source', 'startsWith'],
    ['the parts before it are bounded but not fixed', (e) => and(e.kind.startsWith('a'), e.at.eq(AT)), 'at', 'eq'],
  ];
  for (const [title, where, property, operator] of refused) {
    it(`A test of a key part is not expressible if ${title}`, () => {
      const { code, details } = thrown(() => odataOf(DomainEvent, where));
      expect({ code, details }).to.deep.equal({
        code: 'query.not-expressible',
        details: { className: 'DomainEvent', property, operator },
      });
    });
  }

  it('The error of a test of a key part that is not expressible names the remedy', () => {
    expect(thrown(() => odataOf(DomainEvent, (e) => e.at.gt(AT))).message).to.equal(
      'DomainEvent.at is a part of the RowKey "event|{kind}|{at}|{id}|{source}", and no range of keys says "gt" of it here. ' +
        'To filter by it, compare kind by "eq" in the same conjunction, or store it as a property too: @RowKey({ name: \'at\' }).',
    );
  });

  it('A key part whose converter has no order cannot be compared by order', () => {
    expect(
      thrown(() => odataOf(DomainEvent, (e) => (e.id as unknown as { gt(id: Guid): Filter<DomainEvent> }).gt(ID))).code,
    ).to.equal('query.not-comparable');
  });

  it('A key part cannot be compared by order if a letter follows it, or if it is text and anything follows it', () => {
    expect(thrown(() => odataOf(Day, (d) => d.day.gt(AT))).code).to.equal('query.not-expressible');
    expect(thrown(() => odataOf(Day, (d) => d.day.eq(AT).and(d.name.gt('a')))).code).to.equal('query.not-expressible');
    expect(odataOf(Day, (d) => d.day.eq(AT).and(d.name.startsWith('a')))).to.equal(
      "RowKey ge '2026-11-21T00:00:00.000Zxa' and RowKey lt '2026-11-21T00:00:00.000Zxb'",
    );
  });
});
