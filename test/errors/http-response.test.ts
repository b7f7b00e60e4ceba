import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { ErrorCode } from '../../src/errors/error-details.js';
import { httpResponseOf } from '../../src/errors/http-response.js';
import { documentedStatuses, registeredCodes } from './registry.js';

function statusOf(code: string): number | undefined {
  return httpResponseOf(new EntitableError(code as ErrorCode, 'x', {}))?.status;
}

describe('The HTTP status of an error', () => {
  it('The HTTP status of every error code is the one in docs/errors.md', () => {
    const statuses = documentedStatuses();
    const documented = (code: string): number | undefined =>
      statuses.get(code) ?? statuses.get(`${code.split('.')[0]}.`);
    const codes = registeredCodes();
    expect(Object.fromEntries(codes.map((code) => [code, statusOf(code)]))).to.deep.equal(
      Object.fromEntries(codes.map((code) => [code, documented(code) ?? 500])),
    );
  });

  it('The body names the property whose value another entity has, unless several are unique together', () => {
    const bodyOf = (properties: readonly string[]): object | undefined =>
      httpResponseOf(new EntitableError('entity.not-unique', 'x', { className: 'User', index: 'byX', properties }))
        ?.body;
    const body = { statusCode: 409, code: 'entity.not-unique' };
    expect(bodyOf(['email'])).to.deep.equal({ ...body, property: 'email' });
    expect(bodyOf(['email', 'plan'])).to.deep.equal(body);
  });
});
