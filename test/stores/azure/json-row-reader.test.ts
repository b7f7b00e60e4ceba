import { expect } from 'chai';
import fc from 'fast-check';
import { DATE_TIME_RANGE, formatDateTime } from '../../../src/edm/date-time.js';
import { EDM_TYPES } from '../../../src/edm/edm-type.js';
import { JsonRowReader, reopenRow } from '../../../src/stores/azure/json-row-reader.js';
import { rowLayout, type JsonRow } from '../../../src/stores/azure/row-layout.js';
import { shapeOf } from './row-values.js';

describe('A row read where JSON.parse left it', () => {
  it('reads every moment that the service can hold, in whatever precision it is written', () => {
    const reader = new JsonRowReader(rowLayout(shapeOf({ t: 'DateTime' })), true);
    const read = (t: string) => {
      reader.on({ 't@odata.type': 'Edm.DateTime', t });
      return [reader.typeOf(0), reader.milliseconds(0), reader.ticks(0)];
    };
    const moment = fc.integer({ min: DATE_TIME_RANGE.first, max: DATE_TIME_RANGE.last });
    fc.assert(
      fc.property(
        moment,
        fc.constantFrom(0, 1, 10, 1230, 9999),
        fc.constantFrom(1, 10, 100, 1000),
        (time, ticks, precision) => {
          const milliseconds = Math.floor(time / precision) * precision;
          fc.pre(milliseconds >= DATE_TIME_RANGE.first);
          expect(read(formatDateTime(milliseconds, ticks))).to.deep.equal(['DateTime', milliseconds, ticks]);
        },
      ),
      { seed: 5, numRuns: 1000 },
    );
    expect(read('2020-01-01T02:00:00+02:00')).to.deep.equal(['DateTime', Date.UTC(2020, 0, 1), 0]);
    expect(read('2020-01-01T00:00:00')).to.deep.equal(['DateTime', Date.UTC(2020, 0, 1), 0]);
    expect(read('2020-01-01T00:00:00.1Z')).to.deep.equal(['DateTime', Date.UTC(2020, 0, 1, 0, 0, 0, 100), 0]);
  });

  it('tells the stored type, whatever is declared', () => {
    const values: readonly (readonly [member: object, type: string | undefined])[] = [
      [{ a: 'x' }, 'String'],
      [{ a: 'x', 'a@odata.type': 'Edm.String' }, 'String'],
      [{ a: '5', 'a@odata.type': 'Edm.Int64' }, 'Int64'],
      [{ a: 'AQID', 'a@odata.type': 'Edm.Binary' }, 'Binary'],
      [{ a: 'NaN', 'a@odata.type': 'Edm.Double' }, 'Double'],
      [{ a: true }, 'Boolean'],
      [{ a: 1.5 }, 'Double'],
      [{ a: 3e9 }, 'Double'],
      [{ a: -0 }, 'Double'],
      [{ a: null }, undefined],
      [{}, undefined],
    ];
    for (const declared of EDM_TYPES) {
      const reader = new JsonRowReader(rowLayout(shapeOf({ a: declared })), true);
      for (const [row, type] of values) expect(reader.on(row as JsonRow).typeOf(0), JSON.stringify(row)).to.equal(type);
      expect(reader.on({ a: 3 }).typeOf(0)).to.equal(declared === 'Double' ? 'Double' : 'Int32');
    }
  });

  it('without metadata takes a text for what is declared only if it can be that', () => {
    const typeOf = (declared: (typeof EDM_TYPES)[number], a: unknown) =>
      new JsonRowReader(rowLayout(shapeOf({ a: declared })), false).on({ a }).typeOf(0);
    expect(EDM_TYPES.map((declared) => typeOf(declared, 'x'))).to.deep.equal(
      EDM_TYPES.map((declared) => (declared === 'Binary' ? 'Binary' : 'String')),
    );
    expect([
      typeOf('Int64', '-5'),
      typeOf('Guid', 'C9DA6455-213D-42C9-9A79-3E9149A57833'),
      typeOf('DateTime', '2020-01-01T00:00:00.1234567Z'),
      typeOf('Double', '-Infinity'),
      typeOf('String', '5'),
      typeOf('Int32', 5),
      typeOf('Double', 5),
      typeOf('String', 5),
      typeOf('String', true),
    ]).to.deep.equal(['Int64', 'Guid', 'DateTime', 'Double', 'String', 'Int32', 'Double', 'Int32', 'Boolean']);
  });

  it('names that objects inherit are absent unless they are stored', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', '__proto__'];
    const proto = rowLayout({ properties: names.map((name) => ({ name, type: 'String' })) });
    const types = (row: JsonRow) => [0, 1, 2, 3].map((slot) => new JsonRowReader(proto, true).on(row).typeOf(slot));
    expect(types(JSON.parse('{}') as JsonRow)).to.deep.equal([undefined, undefined, undefined, undefined]);
    const stored = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d"}') as JsonRow;
    expect(types(stored)).to.deep.equal(['String', 'String', 'String', 'String']);
    expect(reopenRow(proto, stored as never).string(3)).to.equal('a');
  });
});
