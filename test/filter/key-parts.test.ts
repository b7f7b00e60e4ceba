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
    ['is a range of keys by equality', (e) => e.kind.eq('paid'), "RowKey ge 'event|paid|' and RowKey lt 'event|paid}'"],
    [
      'is escaped as in keys',
      (e) => e.kind.eq('a|b/c'),
      "RowKey ge 'event|a~7Cb~2Fc|' and RowKey lt 'event|a~7Cb~2Fc}'",
    ],
    ['is outside of a range by ne', (e) => e.kind.ne('paid'), "RowKey lt 'event|paid|' or RowKey ge 'event|paid}'"],
    [
      'is one of several ranges by in',
      (e) => e.kind.in(['a', 'b']),
      "(RowKey ge 'event|a|' and RowKey lt 'event|a}') or (RowKey ge 'event|b|' and RowKey lt 'event|b}')",
    ],
    [
      'narrows the range by its beginning',
      (e) => e.kind.startsWith('pa'),
      "RowKey ge 'event|pa' and RowKey lt 'event|pb'",
    ],
    ['has any beginning', (e) => e.kind.startsWith(''), true],
    [
      'is bounded behind parts that are equal to something, turned round by its converter',
      (e) => e.at.ge(AT).and(e.kind.eq('paid')),
      `RowKey ge 'event|paid|' and RowKey lt 'event|paid|${STORED_AT}}'`,
    ],
    [
      'is bounded on the other side',
      (e) => e.kind.eq('paid').and(e.at.gt(AT)),
      `RowKey ge 'event|paid|' and RowKey lt 'event|paid|${STORED_AT}|'`,
    ],
    [
      'is bounded from below',
      (e) => e.kind.eq('paid').and(e.at.lt(AT)),
      `RowKey ge 'event|paid|${STORED_AT}}' and RowKey lt 'event|paid}'`,
    ],
    [
      'is bounded on both sides',
      (e) => e.kind.eq('paid').and(e.at.between(AT, AT)),
      `RowKey ge 'event|paid|${STORED_AT}|' and RowKey lt 'event|paid|${STORED_AT}}'`,
    ],
    [
      'pins the key when all parts do',
      (e) => and(e.source.eq('web'), e.id.eq(ID), e.at.eq(AT), e.kind.eq('paid')),
      `RowKey eq 'event|paid|${STORED_AT}|${ID.toString()}|web'`,
    ],
    [
      'compares exactly where it is the last one',
      (e) => and(e.source.gt('web'), e.id.eq(ID), e.at.eq(AT), e.kind.eq('paid')),
      `RowKey gt 'event|paid|${STORED_AT}|${ID.toString()}|web' and RowKey lt 'event|paid|${STORED_AT}|${ID.toString()}}'`,
    ],
    [
      'uses equalities of an outer conjunction',
      (e) => e.kind.eq('paid').and(or(e.at.lt(AT), e.payload.eq('x'))),
      `RowKey ge 'event|paid|' and RowKey lt 'event|paid}' and (RowKey ge 'event|paid|${STORED_AT}}' or payload eq 'x')`,
    ],
    [
      'has equalities of its own in each branch of an or',
      (e) => or(and(e.kind.eq('a'), e.at.lt(AT)), and(e.kind.eq('b'), e.at.gt(AT))),
      `(RowKey ge 'event|a|${STORED_AT}}' and RowKey lt 'event|a}') or (RowKey ge 'event|b|' and RowKey lt 'event|b|${STORED_AT}|')`,
    ],
    [
      'is negated as a range',
      (e) => not(e.kind.eq('paid')),
      "not (RowKey ge 'event|paid|' and RowKey lt 'event|paid}')",
    ],
    ['is equal to nothing twice', (e) => e.kind.eq('a').and(e.kind.eq('b')), false],
    ['is asked of its copy where no range says it', (e) => e.id.eq(ID), `eventId eq guid'${ID.toString()}'`],
    [
      'is a range of partition keys too',
      (e) => e.tenantId.eq('t'),
      "PartitionKey ge 'TENANT|t|' and PartitionKey lt 'TENANT|t}'",
    ],
    ['is asked of its copy in the partition key', (e) => e.stream.startsWith('a'), "stream ge 'a' and stream lt 'b'"],
    ['pins the partition key', (e) => e.stream.eq('s').and(e.tenantId.eq('t')), "PartitionKey eq 'TENANT|t|s'"],
    ['is always there', (e) => e.at.isPresent(), true],
  ];
  for (const [title, where, odata] of said) {
    it(title, () => {
      expect(odataOf(DomainEvent, where)).to.equal(odata);
    });
  }

  const refused: readonly (readonly [title: string, where: Where, property: string, operator: string])[] = [
    ['the parts before it are not equal to something', (e) => e.at.gt(AT), 'at', 'gt'],
    ['only one branch tells the parts before it', (e) => or(e.kind.eq('a'), e.at.gt(AT)), 'at', 'gt'],
    ['a negation tells the parts before it', (e) => and(not(e.kind.eq('a')), e.at.between(AT, AT)), 'at', 'between'],
    ['it is text and others follow', (e) => e.kind.gt('a'), 'kind', 'gt'],
    ['the last part stands alone', (e) => e.source.startsWith('w'), 'source', 'startsWith'],
    ['the parts before it are bounded only', (e) => and(e.kind.startsWith('a'), e.at.eq(AT)), 'at', 'eq'],
  ];
  for (const [title, where, property, operator] of refused) {
    it(`is not expressible where ${title}`, () => {
      const { code, details } = thrown(() => odataOf(DomainEvent, where));
      expect({ code, details }).to.deep.equal({
        code: 'query.not-expressible',
        details: { className: 'DomainEvent', property, operator },
      });
    });
  }

  it('says what to do where it is not expressible', () => {
    expect(thrown(() => odataOf(DomainEvent, (e) => e.at.gt(AT))).message).to.equal(
      'DomainEvent.at is a part of the RowKey "event|{kind}|{at}|{id}|{source}", and no range of keys says "gt" of it here. ' +
        'To filter by it, compare kind by "eq" in the same conjunction, or store it as a property too: @RowKey({ name: \'at\' }).',
    );
  });

  it('has no order where its converter has none', () => {
    expect(
      thrown(() => odataOf(DomainEvent, (e) => (e.id as unknown as { gt(id: Guid): Filter<DomainEvent> }).gt(ID))).code,
    ).to.equal('query.not-comparable');
  });

  it('has no order in keys where a letter follows, or where text is followed by anything', () => {
    expect(thrown(() => odataOf(Day, (d) => d.day.gt(AT))).code).to.equal('query.not-expressible');
    expect(thrown(() => odataOf(Day, (d) => d.day.eq(AT).and(d.name.gt('a')))).code).to.equal('query.not-expressible');
    expect(odataOf(Day, (d) => d.day.eq(AT).and(d.name.startsWith('a')))).to.equal(
      "RowKey ge '2026-11-21T00:00:00.000Zxa' and RowKey lt '2026-11-21T00:00:00.000Zxb'",
    );
  });
});
