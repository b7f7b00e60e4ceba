import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import type { EntitableErrorOf } from '../../src/errors/entitable-error.js';
import { CannedService, ENDPOINT, KEY, type CannedAnswer } from '../stores/azure/canned-service.js';
import { rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

/** The service's response while it still deletes a table of this name. */
const BEING_DELETED: CannedAnswer = {
  status: 409,
  headers: { 'content-type': 'application/json;odata=minimalmetadata', 'x-ms-request-id': 'r1' },
  body: JSON.stringify({
    'odata.error': {
      code: 'TableBeingDeleted',
      message: { lang: 'en-US', value: 'The specified table is being deleted. Try operation later.' },
    },
  }),
};
const CREATED: CannedAnswer = { status: 204, headers: { 'x-ms-request-id': 'r2' } };

/** Opens a data source on a service that still deletes a table for the given number of requests. */
async function deletingFor(
  refusals: number,
): Promise<{ readonly tables: DataSource; readonly service: CannedService }> {
  let left = refusals;
  const service = new CannedService(() => (left-- > 0 ? BEING_DELETED : CREATED));
  return { tables: await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service }), service };
}

describe('Creating a table that the service still deletes', () => {
  it('A table that is being deleted fails to be created at once, with an error that explains what to do', async () => {
    const { tables, service } = await deletingFor(Infinity);
    const error = (await rejection(tables.tables.createIfMissing('Orders'))) as EntitableErrorOf<'store.unavailable'>;
    expect({ code: error.code, message: error.message, details: error.details }).to.deep.equal({
      code: 'store.unavailable',
      message:
        'A write to table "Orders" was refused: the table is still being deleted, which takes the service some 40 seconds. ' +
        'createIfMissing(table, { waitForDeletion: true }) waits for it.',
      details: { table: 'Orders', status: 409, serviceCode: 'TableBeingDeleted', requestId: 'r1' },
    });
    expect(service.sent).to.have.length(1);
  });

  it('A table that is being deleted is created after a wait with waitForDeletion', async () => {
    const { tables, service } = await deletingFor(2);
    expect(await tables.tables.createIfMissing('Orders', { waitForDeletion: true })).to.equal(true);
    expect(service.sent.map(({ method, body }) => `${method} ${body}`)).to.deep.equal(
      Array<string>(3).fill('POST {"TableName":"Orders"}'),
    );
  });

  it('A table that is being deleted can be awaited by create() too', async () => {
    const { tables } = await deletingFor(1);
    await tables.tables.create('Orders', { waitForDeletion: true });
  });

  it('A table that is being deleted is awaited no longer than the timeout', async () => {
    const { tables } = await deletingFor(Infinity);
    const error = await rejection(tables.tables.createIfMissing('Orders', { waitForDeletion: true, timeout: 200 }));
    expect(error).to.include({
      code: 'store.timeout',
      message:
        'The table Orders was still being deleted after 200 ms, and was not made. Wait longer, or take another name.',
    });
  });

  it('A table that is being deleted is awaited until the signal aborts', async () => {
    const { tables } = await deletingFor(Infinity);
    const signal = AbortSignal.timeout(50);
    const error = await rejection(tables.tables.createIfMissing('Orders', { waitForDeletion: true, signal }));
    expect(error).to.have.property('code', 'store.aborted');
  });

  it('Creating a table with waitForDeletion does not wait after another error', async () => {
    const service = new CannedService(() => ({ status: 403 }));
    const tables = await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service });
    const error = await rejection(tables.tables.createIfMissing('Orders', { waitForDeletion: true }));
    expect(error).to.have.property('code', 'store.unauthorized');
    expect(service.sent).to.have.length(1);
  });

  it('Creating a table with an invalid timeout is rejected before a request is sent', async () => {
    const { tables, service } = await deletingFor(0);
    const error = await rejection(tables.tables.createIfMissing('Orders', { waitForDeletion: true, timeout: -1 }));
    expect(error).to.include({
      code: 'validation.invalid-option',
      message: 'timeout takes a number of milliseconds, 0 or more, not a negative number.',
    });
    expect(service.sent).to.deep.equal([]);
  });

  it('A write that would create a table that is being deleted fails at once', async () => {
    const missing = { status: 404, body: JSON.stringify({ 'odata.error': { code: 'TableNotFound' } }) };
    const service = new CannedService(({ url }) => (url.includes('/Tables') ? BEING_DELETED : missing));
    const tables = await DataSource.open({ endpoint: ENDPOINT, credential: KEY }, { httpClient: service });
    const error = await rejection(tables.repository(Order).insert(order()));
    expect(error).to.include({ code: 'store.unavailable' });
    expect(error).to.have.property('message').that.includes('createIfMissing(table, { waitForDeletion: true })');
    expect(service.sent).to.have.length(2);
  });
});
