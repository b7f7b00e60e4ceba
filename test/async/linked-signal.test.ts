import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { linkSignal } from '../../src/async/linked-signal.js';
import type { DataSource } from '../../src/data-source/data-source.js';
import { onEveryStore } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

interface Given {
  readonly tables: DataSource;
  readonly signal: AbortSignal;
  readonly index: number;
}

const key = (index: number): { customerId: string; orderId: string } => ({ customerId: 'c1', orderId: `o${index}` });

/** The kinds of operations that take a signal. */
const OPERATIONS: Readonly<Record<string, (given: Given) => Promise<unknown>>> = {
  get: ({ tables, signal, index }) => tables.repository(Order).get(key(index), { signal }),
  getMany: ({ tables, signal, index }) => tables.repository(Order).getMany([key(index)], { signal }),
  insert: ({ tables, signal, index }) => tables.repository(Order).insert(order(key(index)), { signal }),
  insertMany: ({ tables, signal, index }) => tables.repository(Order).insertMany([order(key(index))], { signal }),
  modify: ({ tables, signal, index }) => tables.repository(Order).modify(key(index % 2), () => undefined, { signal }),
  query: ({ tables, signal }) => tables.repository(Order).query({ customerId: 'c2' }).toArray({ signal }),
  'query of several partitions': ({ tables, signal }) =>
    tables
      .repository(Order)
      .query([{ customerId: 'c2' }, { customerId: 'c3' }])
      .toArray({ signal }),
  unitOfWork: ({ tables, signal, index }) =>
    tables.unitOfWork((work) => work.insert(order({ customerId: `u${index}` })), { signal }),
  retry: ({ tables, signal, index }) => tables.retry((go) => tables.repository(Order).get(key(index), go), { signal }),
  ready: ({ tables, signal }) => tables.ready({ signal }),
  exists: ({ tables, signal }) => tables.tables.exists('Nothing', { signal }),
};

/**
 * The number of operations. It is smaller on the emulator, where each takes a millisecond, and on disk, where each is
 * synchronised.
 */
const MANY: Readonly<Record<string, number>> = { memory: 1000, sqlite: 200, lmdb: 200, azurite: 50 };

onEveryStore('Many operations under one signal', (open, storeName) => {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    it(`Many concurrent operations under one signal cause no MaxListeners warning of Node: ${name}`, async () => {
      const warnings: Error[] = [];
      const warned = (warning: Error): void => void warnings.push(warning);
      process.on('warning', warned);
      try {
        const { signal } = new AbortController();
        // The logger makes every store observe its operations.
        const { tables } = await open({ logger: () => undefined });
        await tables.repository(Order).insertMany([order(key(0)), order(key(1))]);
        const many = Array.from({ length: MANY[storeName]! }, (_, index) =>
          operation({ tables, signal, index: index + 2 }),
        );
        await Promise.all(many);
        await turn();
      } finally {
        process.off('warning', warned);
      }
      expect(warnings).to.deep.equal([]);
    });
  }
});

describe('A linked signal', () => {
  it('A linked signal aborts its controller with the same reason, until it is released', () => {
    const reason = new Error('no longer needed');
    const stop = new AbortController();
    const [linked, released] = [new AbortController(), new AbortController()];
    linkSignal(stop.signal, linked);
    linkSignal(stop.signal, released)();
    linkSignal(undefined, released);
    stop.abort(reason);
    expect(linked.signal.reason).to.equal(reason);
    expect(released.signal.aborted).to.equal(false);
  });
});
