import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { onAbort } from '../../src/async/linked-signal.js';
import type { DataSource } from '../../src/data-source/data-source.js';
import type { DataSourceOptions } from '../../src/data-source/options.js';
import { onEveryStore } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

type Listener = () => unknown;

/** The operations that call a progress listener. */
const TOLD: Readonly<Record<string, (tables: DataSource, table: string, onProgress: Listener) => Promise<unknown>>> = {
  insertMany: (tables, _table, onProgress) =>
    tables.repository(Order).insertMany([order({ orderId: 'n' })], { onProgress }),
  deleteMany: (tables, _table, onProgress) =>
    tables.repository(Order).deleteMany([{ customerId: 'c1', orderId: 'o1' }], { onProgress }),
  'query.merge': (tables, _table, onProgress) =>
    tables.repository(Order).query({ customerId: 'c1' }).merge({ total: 1 }, { onProgress }),
  'query.delete': (tables, _table, onProgress) =>
    tables.repository(Order).query({ customerId: 'c1' }).delete({ onProgress }),
  copy: (tables, table, onProgress) => tables.tables.copy(table, `${table}Copy`, { onProgress }),
  truncate: (tables, table, onProgress) => tables.tables.truncate(table, { onProgress }),
};

const FAILING: Readonly<Record<string, Listener>> = {
  throws: () => {
    throw new Error('of the listener');
  },
  rejects: () => Promise.reject(new Error('of the listener')),
};

onEveryStore('A listener that fails', (open) => {
  for (const [failure, fail] of Object.entries(FAILING)) {
    for (const [verb, write] of Object.entries(TOLD)) {
      it(`A listener that fails breaks nothing: onProgress of ${verb} ${failure}`, async () => {
        const { tables, tableName } = await open();
        await tables.repository(Order).insert(order());
        let told = 0;
        await write(tables, tableName('Orders'), () => {
          told++;
          return fail();
        });
        await wait(1); // an unhandled rejection would be reported now
        expect(told).to.equal(1);
      });
    }

    for (const name of ['logger', 'metrics'] satisfies (keyof DataSourceOptions)[]) {
      it(`A listener that fails breaks nothing: ${name} ${failure}`, async () => {
        const { tables } = await open({ [name]: fail });
        await tables.repository(Order).insert(order());
        expect(await tables.repository(Order).query({ customerId: 'c1' }).count()).to.equal(1);
        await wait(1);
      });
    }
  }
});

describe('onAbort', () => {
  it('onAbort calls a listener once, and at once if the signal is already aborted', () => {
    const stop = new AbortController();
    const told: string[] = [];
    onAbort(stop.signal, () => told.push('first'));
    const forget = onAbort(stop.signal, () => told.push('forgotten'));
    forget();
    stop.abort();
    stop.signal.dispatchEvent(new Event('abort'));
    onAbort(stop.signal, () => told.push('late'));
    onAbort(undefined, () => told.push('never'))();
    expect(told).to.deep.equal(['first', 'late']);
  });
});
