import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { remedyFor, type Remedy } from '../../src/resilience/classify.js';

const because = (code: string): Error => Object.assign(new Error('no'), { code });

const CASES: readonly (readonly [name: string, error: unknown, remedy: Remedy])[] = [
  ['429 or 503 ServerBusy', new EntitableError('store.throttled', '', { status: 503 }), 'slow'],
  ['a 503 other than ServerBusy', new EntitableError('store.unavailable', '', { status: 503 }), 'slow'],
  ['a read that fails with 500', new EntitableError('store.unavailable', '', { status: 500 }), 'slow'],
  ['409 TableBeingDeleted', new EntitableError('store.unavailable', '', { status: 409 }), 'slow'],
  ['a refused connection', new EntitableError('store.unavailable', '', {}, { cause: because('ECONNREFUSED') }), 'fast'],
  [
    'a host name that cannot be resolved',
    new EntitableError('store.unavailable', '', {}, { cause: because('ENOTFOUND') }),
    'fast',
  ],
  ['an unreadable answer', new EntitableError('store.unavailable', '', {}, { cause: new SyntaxError() }), 'fast'],
  ['a connection reset', new EntitableError('store.unavailable', '', {}, { cause: because('ECONNRESET') }), 'at once'],
  [
    'an expired certificate',
    new EntitableError('store.unavailable', '', {}, { cause: because('CERT_HAS_EXPIRED') }),
    'never',
  ],
  ['an attempt that took too long', new EntitableError('store.timeout', '', {}), 'fast'],
  ['449 from Cosmos DB', new EntitableError('store.rejected', '', { status: 449 }), 'at once'],
  ['a rejection with 400', new EntitableError('store.rejected', '', { status: 400 }), 'never'],
  ['a lost answer', new EntitableError('store.outcome-unknown', '', {}), 'ambiguous'],
  ['a lost race', new EntitableError('store.precondition-failed', '', { status: 412 }), 'never'],
  ['a wrong account key', new EntitableError('store.unauthorized', '', { status: 403 }), 'never'],
  ['an aborted request', new EntitableError('store.aborted', '', {}), 'never'],
  ['an error of the caller', new TypeError(), 'never'],
];

describe('The remedy for a failed request', () => {
  for (const [name, error, remedy] of CASES) {
    it(`The remedy for ${name} is “${remedy}”`, () => expect(remedyFor(error)).to.equal(remedy));
  }
});
