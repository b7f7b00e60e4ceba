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
});
