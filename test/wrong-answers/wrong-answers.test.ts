import { inspect } from 'node:util';
import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { below, seeded } from '../support/seeded.js';
import { OPERATIONS } from './operations.js';
import { SECRET } from './right-answers.js';
import { startWrongServer } from './wrong-server.js';

const TRIES = Number(process.env['WRONG_ANSWERS'] ?? 2000);
const SEED = Number(process.env['FAULT_SEED'] ?? 7);

/** Error codes that state what only the service can know. */
const CLAIMS = [
  'store.already-exists',
  'store.not-found',
  'store.precondition-failed',
  'store.table-not-found',
  'store.table-exists',
  'store.unauthorized',
  'query.no-result',
] as const;

describe('A server that gives wrong responses', () => {
  it('Every operation succeeds with the right responses of the test server', async () => {
    const server = await startWrongServer(seeded(SEED));
    const credential = { name: 'account', key: 'a2V5' };
    const tables = await DataSource.open({ endpoint: server.endpoint, credential }, { retry: false });
    try {
      for (const [name, [, run]] of Object.entries(OPERATIONS)) {
        server.right = Infinity;
        const error = await run(tables).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error, name).to.equal(undefined);
      }
    } finally {
      await tables.close();
      await server.close();
    }
  });

  it(`No operation succeeds or reports a rejection by the service after a wrong response, in ${TRIES} attempts`, async function () {
    this.timeout(60_000 + TRIES * 30); // the machine may be busy with other work
    const random = seeded(SEED);
    const server = await startWrongServer(random);
    const credential = { name: 'account', key: 'a2V5' };
    const tables = await DataSource.open({ endpoint: server.endpoint, credential }, { retry: false });
    const names = Object.keys(OPERATIONS);
    try {
      for (let index = 0; index < TRIES; index++) {
        const name = names[index % names.length]!;
        const [most, run] = OPERATIONS[name]!;
        server.right = below(random, most + 1);
        server.how = undefined;
        const outcome = await run(tables).then(
          (result) => ({ result }),
          (error: unknown) => ({ error }),
        );
        const context = `${name} ${inspect(outcome)}, answered by ${server.how}`;
        expect(server.how, name).not.to.equal(undefined);
        expect(outcome, context).to.have.property('error').that.is.instanceOf(EntitableError);
        for (const error of errorsIn((outcome as { readonly error: unknown }).error)) {
          for (const claim of CLAIMS) expect(EntitableError.is(error, claim), context).to.equal(false);
        }
        expect(inspect(outcome, { depth: 20, showHidden: true }), context).not.to.contain(SECRET);
      }
      expect(server.elsewhere).to.deep.equal([]);
    } finally {
      await tables.close();
      await server.close();
    }
  });
});

/** Returns an error and all errors that it contains. */
function errorsIn(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  const { details, errors = [] } = error as {
    readonly details?: { readonly failed?: unknown };
    readonly errors?: readonly unknown[];
  };
  const failed = Array.isArray(details?.failed) ? (details.failed as readonly { readonly error?: unknown }[]) : [];
  return [
    error,
    ...errorsIn(error.cause),
    ...errors.flatMap(errorsIn),
    ...failed.flatMap((one) => errorsIn(one.error)),
  ];
}
