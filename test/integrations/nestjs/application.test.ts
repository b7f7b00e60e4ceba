import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect } from 'chai';
import 'reflect-metadata';
import { DataSource, EntitableError } from 'entitable';
import { dataSourceToken, repositoryToken } from 'entitable/nestjs';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';
import { rejection } from '../../support/every-store.js';
import { JournaledOrders, ShopModule, ShopOrder, ShopOrders } from './shop.js';

describe('A Nest application', () => {
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    app = await NestFactory.create(ShopModule.with('memory:', memoryStore()), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/orders`;
  });
  afterEach(() => app.close());

  const post = (path: string, body: object): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const read = async (path: string): Promise<unknown> => (await fetch(url + path)).json();

  it('A Nest application injects repositories, and custom repositories with their dependencies', async () => {
    const order = { customerId: 'c1', orderId: 'o1', total: 20 };
    const placed = await post('', order);
    expect(placed.status).to.equal(201);
    expect(await placed.json()).to.deep.equal({ order, journal: ['placed o1'] });
    await post('', { customerId: 'c1', orderId: 'o2', total: 2000 });
    expect(await read('/c1/o1')).to.deep.equal(order);
    expect(await read('/c1/large')).to.deep.equal([{ customerId: 'c1', orderId: 'o2', total: 2000 }]);
    expect((await fetch(`${url}/c1/o3`)).status).to.equal(404);
  });

  it('A Nest application keeps named connections apart', async () => {
    await post('', { customerId: 'c1', orderId: 'o1', total: 20 });
    expect(await read('/sources')).to.deep.equal({ same: false, kinds: ['memory', 'memory'] });
    expect((await post('/c1/o1/archive', {})).status).to.equal(204);
    expect((await fetch(`${url}/c1/o1`)).status).to.equal(404);
    const archive = app.get<DataSource>(dataSourceToken('archive'));
    expect(await archive.repository(ShopOrder).getOrThrow({ customerId: 'c1', orderId: 'o1' })).to.include({
      total: 20,
    });
  });

  it('A Nest application provides one repository per class and connection, a custom one by its class and by its token', () => {
    const find = (token: string | symbol | (new (...args: never) => unknown)): unknown =>
      app.get(token as never, { strict: false });
    expect(find(ShopOrders))
      .to.be.instanceOf(ShopOrders)
      .and.to.equal(find(repositoryToken(ShopOrders)));
    const journaled = app.get(JournaledOrders, { strict: false });
    expect(journaled).to.be.instanceOf(JournaledOrders);
    expect([journaled.later, journaled.missing]).to.deep.equal([journaled.journal, undefined]);
    expect(find(repositoryToken(ShopOrder))).not.to.equal(find(repositoryToken(ShopOrder, 'archive')));
  });

  it('A Nest application runs a decorated handler in a unit of work that commits when it returns and discards when it throws', async () => {
    const orders = ['o1', 'o2'].map((orderId) => ({ customerId: 'c1', orderId, total: 2000 }));
    expect((await post('/pair', { orders, fail: true })).status).to.equal(409);
    expect(await read('/c1/large')).to.deep.equal([]);
    const answer = await post('/pair', { orders, fail: false });
    expect([answer.status, await answer.text()]).to.deep.equal([201, '0']);
    expect(await read('/c1/large')).to.deep.equal(orders);
    // A failed commit fails the request.
    expect((await post('/pair', { orders, fail: false })).status).to.equal(500);
  });

  it('A Nest application runs a handler in one unit of work for each connection that its decorators name', async () => {
    const counts = (): Promise<number[]> =>
      Promise.all(
        [undefined, 'archive'].map((name) =>
          app.get<DataSource>(dataSourceToken(name)).repository(ShopOrder).query({ customerId: 'c1' }).count(),
        ),
      );
    const order = { customerId: 'c1', orderId: 'o1', total: 20 };
    expect((await post('/both', { order, fail: true })).status).to.equal(409);
    expect(await counts()).to.deep.equal([0, 0]);
    expect((await post('/both', { order, fail: false })).status).to.equal(201);
    expect(await counts()).to.deep.equal([1, 1]);
  });

  it('A Nest application closes every connection on shutdown', async () => {
    const sources = [app.get(DataSource), app.get<DataSource>(dataSourceToken('archive'))];
    await app.close();
    for (const tables of sources) {
      const error = await rejection(tables.repository(ShopOrder).get({ customerId: 'c', orderId: 'o' }));
      expect(EntitableError.is(error, 'store.closed')).to.be.true;
    }
  });
});
