import { expect } from 'chai';
import fc from 'fast-check';
import { storedMembers, eachMember, elementTexts } from '../../../src/stores/azure/json/json-text.js';

describe('The text of a row', () => {
  it('Numbers in the text of a row keep what JSON.parse loses, and every type keeps its exact text', () => {
    const text =
      '{"odata.metadata":"m","odata.etag":"e","PartitionKey":"p","RowKey":"r","Timestamp":"2026-01-01T00:00:00Z","d":3.0,"e":1E+20,"z":-0.0,' +
      '"i":3,"big":3000000000,"n@odata.type":"Edm.Double","n":"NaN","l@odata.type":"Edm.Int64","l":"9007199254740993","t@odata.type":"Edm.DateTime",' +
      '"t":"2020-01-01T00:00:00.1234567Z","g@odata.type":"Edm.Guid","g":"c9da6455-213d-42c9-9a79-3e9149a57833","x@odata.type":"Edm.Binary","x":"AQID",' +
      '"s":"a\\u00e9\\"\\\\\\n","b":true,"gone":null,"kept":"out"}';
    expect(storedMembers(text, new Set(['kept']))).to.deep.equal([
      ['d', { type: 'Double', text: '3.0' }],
      ['e', { type: 'Double', text: '1E+20' }],
      ['z', { type: 'Double', text: '-0.0' }],
      ['i', { type: 'Int32', text: '3' }],
      ['big', { type: 'Double', text: '3000000000' }],
      ['n', { type: 'Double', text: 'NaN' }],
      ['l', { type: 'Int64', text: '9007199254740993' }],
      ['t', { type: 'DateTime', text: '2020-01-01T00:00:00.1234567Z' }],
      ['g', { type: 'Guid', text: 'c9da6455-213d-42c9-9a79-3e9149a57833' }],
      ['x', { type: 'Binary', bytes: new Uint8Array([1, 2, 3]) }],
      ['s', { type: 'String', text: 'aé"\\\n' }],
      ['b', { type: 'Boolean', text: 'true' }],
    ]);
  });

  it('Names in the text of a row may be those of members that every object has', () => {
    const members = storedMembers('{ "__proto__" : "a" , "constructor":"b","etag":"c","odata":"d" }', new Set());
    expect(members.map(([name]) => name)).to.deep.equal(['__proto__', 'constructor', 'etag', 'odata']);
  });

  it('The members found in a JSON text are those that JSON.parse finds, for any spacing and escapes', () => {
    const spacing = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 })),
        spacing,
        (object, space) => {
          const text = `  ${JSON.stringify(object, null, space)}`;
          const found: [string, unknown][] = [];
          const end = eachMember(text, text.indexOf('{'), (name, from, to) =>
            found.push([name, JSON.parse(text.slice(from, to))]),
          );
          expect(end).to.equal(text.length);
          expect(found).to.deep.equal(Object.entries(JSON.parse(text) as object));
        },
      ),
      { seed: 3, numRuns: 100 },
    );
  });

  it('The elements found in a JSON array are those that JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 2 })), fc.constantFrom(undefined, 2), (array, space) => {
        const text = JSON.stringify(array, null, space);
        expect(elementTexts(text, 0).map((element) => JSON.parse(element) as unknown)).to.deep.equal(JSON.parse(text));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
