import { inspect } from 'node:util';
import { expect } from 'chai';
import { Guid } from '../../src/edm/guid.js';

const TEXT = 'c9da6455-213d-42c9-9a79-3e9149a57833';

describe('Guid', () => {
  it('reads any case and writes lower case', () => {
    expect(Guid.parse(TEXT.toUpperCase()).toString()).to.equal(TEXT);
  });

  it('is plain text in JSON', () => {
    expect(JSON.stringify({ id: Guid.parse(TEXT) })).to.equal(`{"id":"${TEXT}"}`);
  });

  it('is equal by content', () => {
    expect(Guid.parse(TEXT).equals(Guid.parse(TEXT.toUpperCase()))).to.equal(true);
    expect(Guid.parse(TEXT).equals(Guid.random())).to.equal(false);
  });

  it('has nothing that could be changed', () => {
    expect(Reflect.ownKeys(Guid.random())).to.deep.equal([]);
  });

  it('shows its text in a log', () => {
    expect(inspect({ id: Guid.parse(TEXT) })).to.equal(`{ id: Guid ${TEXT} }`);
  });

  for (const text of ['', 'x', TEXT.slice(1), `${TEXT}0`, `{${TEXT}}`, TEXT.replaceAll('-', ''), `${TEXT}\n`]) {
    it(`refuses ${inspect(text)}, without quoting it`, () => {
      expect(() => Guid.parse(text)).to.throw(RangeError, 'A GUID has the form 00000000-0000-0000-0000-000000000000');
      expect(Guid.isText(text)).to.equal(false);
    });
  }

  it('is recognised by its brand, also when another copy of the package made it', () => {
    const foreign = Object.defineProperty({}, Symbol.for('entitable/Guid'), { value: true });
    expect([Guid.random(), foreign, TEXT, null, {}].map((value) => Guid.is(value))).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
