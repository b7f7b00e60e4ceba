import { expect } from 'chai';
import { inspect } from 'node:util';
import { EntitableError } from '../../src/errors/entitable-error.js';

const at = { className: 'Order', property: 'items', storedName: 'items' };
const outOfRange = (): EntitableError<'validation.out-of-range'> =>
  new EntitableError('validation.out-of-range', 'Too much.', { ...at, type: 'Int32', range: 'few', value: 'hunter2' });

describe('EntitableError', () => {
  it('An EntitableError is an Error with a code, a message, details and a cause', () => {
    const cause = new Error('the original');
    const error = new EntitableError('store.not-found', 'It is not stored.', { table: 'Orders' }, { cause });
    const { name, message, code, details } = error;
    expect({ name, message, code, details, cause: error.cause }).to.deep.equal({
      name: 'EntitableError',
      message: 'It is not stored.',
      code: 'store.not-found',
      details: { table: 'Orders' },
      cause,
    });
    expect(error).to.be.an.instanceof(Error);
    expect(String(error)).to.equal('EntitableError: It is not stored.');
  });

  it('EntitableError.is recognises an error by its code, or by the group of its code, which ends in a dot', () => {
    const error: unknown = outOfRange();
    const told = (['validation.out-of-range', 'validation.', undefined, 'store.', 'validation.failed'] as const).map(
      (code) => EntitableError.is(error, code),
    );
    expect(told).to.deep.equal([true, true, true, false, false]);
    expect(EntitableError.is(error)).to.equal(true);
  });

  it('EntitableError.is does not match the beginning of a code, or a value that is not a code', () => {
    const is = EntitableError.is.bind(EntitableError) as (error: unknown, code: unknown) => boolean;
    const wrong = ['validation', 'validation.out', '', '.', null, 5, /validation/, {}, Object.create(null)];
    expect(wrong.filter((code) => is(outOfRange(), code))).to.deep.equal([]);
  });

  it('EntitableError.is recognises no other error, and no object that resembles one', () => {
    const others = [
      new Error('x'),
      { ...outOfRange() },
      Object.assign(new Error('x'), { code: 'store.not-found' }),
      null,
      'x',
    ];
    expect(others.filter((other) => EntitableError.is(other))).to.deep.equal([]);
  });

  it('EntitableError.is recognises errors of another copy of the package', async () => {
    const copy = (await import(`${new URL('../../src/errors/entitable-error.js', import.meta.url).href}?copy`)) as {
      readonly EntitableError: typeof EntitableError;
    };
    expect(copy.EntitableError).not.to.equal(EntitableError);
    expect(copy.EntitableError.is(outOfRange(), 'validation.')).to.equal(true);
    expect(outOfRange()).not.to.be.an.instanceof(copy.EntitableError);
  });

  it('EntitableError.is narrows the type of the details by the code', () => {
    const error: unknown = outOfRange();
    expect(EntitableError.is(error, 'validation.out-of-range') && error.details.range).to.equal('few');
  });

  it('An EntitableError hides a value, and an error that may quote it, from everything that prints', () => {
    const error = new EntitableError('validation.converter-failed', 'Refused.', {
      ...at,
      value: 'hunter2',
      error: new Error('not hunter2'),
    });
    expect(Object.keys(error.details)).to.deep.equal(['className', 'property', 'storedName']);
    expect([inspect(error, { depth: 9 }), JSON.stringify(error), error.stack].join('\n')).not.to.include('hunter2');
    expect(error.details.value).to.equal('hunter2');
    expect(error.details.error).to.have.property('message', 'not hunter2');
  });

  it('An EntitableError prints its code and its details, but no internal symbols', () => {
    expect(inspect(outOfRange())).to.match(/^EntitableError: Too much\.\n[^]*code: 'validation\.out-of-range'/);
    expect(inspect(outOfRange())).not.to.include('Symbol');
    expect(JSON.parse(JSON.stringify(outOfRange()))).to.deep.equal({
      name: 'EntitableError',
      code: 'validation.out-of-range',
      details: { ...at, type: 'Int32', range: 'few' },
    });
  });

  it('An EntitableError has frozen details, which are a copy of those passed to it', () => {
    const given = { ...at, type: 'Int32', range: 'few' };
    const { details } = new EntitableError('validation.out-of-range', 'Too much.', given);
    expect(Object.isFrozen(details)).to.equal(true);
    expect(Object.isFrozen(given)).to.equal(false);
  });
});
