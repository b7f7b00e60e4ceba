import { expect } from 'chai';
import type { DataSourceOptions } from '../../src/data-source/options.js';
import { DataSource } from '../../src/data-source/data-source.js';
import type { VerbEvent } from '../../src/observability/events.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

const KEY = { customerId: 'a', orderId: 'o00' };
const orders = (count: number): Order[] =>
  Array.from({ length: count }, (_, index) =>
    order({ customerId: 'a', orderId: `o${String(index).padStart(2, '0')}`, items: index }),
  );

/** Returns the parts of the events that are the same in every run. */
function told(events: readonly VerbEvent[]): readonly string[] {
  return events.map(
    ({ verb, className, operations, requests, rows, outcome }) =>
      `${verb} ${className ?? '-'}: ${operations} operations, ${requests} requests, ${rows} rows, ${outcome}`,
  );
}

onEveryStore('The events of verbs', (open) => {
  async function listening(): Promise<{ readonly tables: DataSource; readonly events: VerbEvent[] }> {
    const events: VerbEvent[] = [];
    const options: DataSourceOptions = { onVerb: (event) => events.push(event) };
    const { tables } = await open(options);
    await tables.tables.ensure([Order]);
    return { tables, events };
  }

  it('A verb is reported when it ends, with the operations, requests and rows that it took', async () => {
    const { tables, events } = await listening();
    const repository = tables.repository(Order);
    await repository.insertMany(orders(7));
    const one = await repository.getOrThrow(KEY);
    one.items = 100;
    await repository.save(one);
    await repository.save(one);
    await repository.getMany([KEY, { ...KEY, orderId: 'none' }]);
    await rejection(repository.insert(order(KEY)));
    await repository.modify(KEY, (entity) => {
      entity.items = 0;
    });
    expect(told(events)).to.deep.equal([
      'insertMany Order: 1 operations, 1 requests, 7 rows, success',
      'get Order: 1 operations, 1 requests, 1 rows, success',
      'save Order: 1 operations, 1 requests, 1 rows, success',
      'save Order: 0 operations, 0 requests, 0 rows, success',
      'getMany Order: 2 operations, 2 requests, 1 rows, success',
      'insert Order: 1 operations, 1 requests, 0 rows, store.already-exists',
      'modify Order: 2 operations, 2 requests, 2 rows, success',
    ]);
    expect(Object.keys(events[0]!).toSorted()).to.deep.equal([
      'className',
      'kind',
      'milliseconds',
      'operations',
      'outcome',
      'requests',
      'retries',
      'rows',
      'table',
      'verb',
    ]);
    expect(events.every(({ milliseconds }) => milliseconds >= 0)).to.equal(true);
    expect(JSON.stringify(events)).not.to.contain('o00');
  });

  it('A query is reported with all of its pages, but without the verbs that its handlers call', async () => {
    const { tables, events } = await listening();
    await tables.insertMany(orders(7));
    events.length = 0;
    const query = tables.repository(Order).query({ customerId: 'a' }).pageSize(3);
    for await (const _ of query) void _;
    for await (const _ of query) break;
    await query.toArray();
    await query.first();
    await query.count();
    await query.page({ pageSize: 2 });
    await rejection(query.single());
    await query.where('items', 'lt', 2).merge({ items: 1 });
    await query.where('items', 'gt', 4).forEach(async ({ customerId, orderId }) => {
      await tables.repository(Order).merge({ customerId, orderId }, { items: 9 });
    });
    await rejection(query.forEach(() => Promise.reject(new Error('no'))));
    const list = told(events);
    expect(list.filter((_, index) => index !== 1)).to.deep.equal([
      'query.pages Order: 1 operations, 3 requests, 7 rows, success',
      'query.toArray Order: 1 operations, 3 requests, 7 rows, success',
      'query.first Order: 1 operations, 1 requests, 1 rows, success',
      'query.count Order: 1 operations, 3 requests, 7 rows, success',
      'query.page Order: 1 operations, 1 requests, 2 rows, success',
      'query.single Order: 1 operations, 1 requests, 2 rows, query.several-results',
      'query.merge Order: 2 operations, 2 requests, 4 rows, success',
      'merge Order: 1 operations, 1 requests, 1 rows, success',
      'merge Order: 1 operations, 1 requests, 1 rows, success',
      'query.forEach Order: 1 operations, 1 requests, 2 rows, success',
      list.at(-1)!,
    ]);
    expect(list[1]).to.match(/^query.pages Order: 1 operations/);
    expect(list.at(-1)).to.match(/^query.forEach Order: 1 operations, .* query.handler-failed$/);
  });

  it('A unit of work is reported by its reads and by its commit', async () => {
    const { tables, events } = await listening();
    await tables.repository(Order).insertMany(orders(2));
    events.length = 0;
    await tables.unitOfWork(async (work) => {
      const repository = work.repository(Order);
      (await repository.getOrThrow(KEY)).items = 5;
      await repository.insert(order({ ...KEY, orderId: 'new' }));
    });
    expect(told(events)).to.deep.equal([
      'get Order: 1 operations, 1 requests, 1 rows, success',
      'insert Order: 0 operations, 0 requests, 0 rows, success',
      'commit -: 1 operations, 1 requests, 2 rows, success',
    ]);
  });

  it('Verbs that run concurrently are reported separately', async () => {
    const { tables, events } = await listening();
    const repository = tables.repository(Order);
    await repository.insertMany(orders(5));
    events.length = 0;
    await Promise.all(Array.from({ length: 5 }, (_, index) => repository.getMany(orders(index + 1))));
    expect(told(events).toSorted()).to.deep.equal(
      Array.from({ length: 5 }, (_, index) => {
        const count = index + 1;
        return `getMany Order: ${count} operations, ${count} requests, ${count} rows, success`;
      }),
    );
  });
});

describe('A listener for verbs', () => {
  it('A listener for verbs must be a function, and what it throws breaks nothing', async () => {
    for (const onVerb of [
      () => {
        throw new Error('mine');
      },
      () => Promise.reject(new Error('mine')),
    ]) {
      await using tables = await DataSource.open('memory:', { onVerb });
      await tables.repository(Order).insert(order(KEY));
      expect(await tables.repository(Order).query({ customerId: 'a' }).count()).to.equal(1);
    }
    expect(await rejection(DataSource.open('memory:', { onVerb: 5 as never }))).to.have.property(
      'code',
      'validation.invalid-option',
    );
  });
});
