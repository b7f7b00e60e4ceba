import functions from '@azure/functions';
import { DataSource } from 'entitable';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { awilix } from './awilix.js';
import { close, listOrders, placeOrder } from './azure-functions.js';
import { expressApp } from './express.js';
import { inversify } from './inversify.js';
import { tsyringe } from './tsyringe.js';

const target = process.argv[2] ?? process.env['TABLES'] ?? 'memory:';
await using db = await DataSource.open(target);

console.log('Dependency injection containers: each injects a repository into a service that places an order');
console.log(`  tsyringe:  order ${await tsyringe(db)}`);
console.log(`  inversify: order ${await inversify(db)}`);
console.log(`  awilix:    order ${await awilix(target)}`);

console.log('\nExpress, over HTTP:');
const server = expressApp(db).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders/express`;
const headers = { 'content-type': 'application/json' };
await show('PUT 1', fetch(`${url}/1`, { method: 'PUT', headers, body: '{"total":20}' }));
await show('PUT 2', fetch(`${url}/2`, { method: 'PUT', headers, body: '{"total":"20"}' }));
await show('GET 1', fetch(`${url}/1`));
await show('GET 2', fetch(`${url}/2`));
await show('PUT 3', fetch(`${url}/3`, { method: 'PUT', headers, body: '{"total":5}' }));
const move = (to: string): RequestInit => ({
  method: 'POST',
  headers,
  body: JSON.stringify({ from: '1', to, amount: 8 }),
});
await show('POST move to 3', fetch(`${url}/moves`, move('3')));
await show('POST move to 2', fetch(`${url}/moves`, move('2')));
await show('GET 1', fetch(`${url}/1`));
await show('GET 3', fetch(`${url}/3`));
server.close();

console.log('\nAzure Functions, called directly:');
const context = new functions.InvocationContext({ functionName: 'recipe' });
const request = (method: string, init: object): functions.HttpRequest =>
  new functions.HttpRequest({ method, url: 'http://localhost/orders', ...init });
const body = { string: JSON.stringify({ customerId: 'functions', orderId: '1', total: 20 }) };
say('POST', await placeOrder(request('POST', { body, headers }), context));
say('GET ', await listOrders(request('GET', { params: { customerId: 'functions' } }), context));
await close();

async function show(name: string, answer: Promise<Response>): Promise<void> {
  const response = await answer;
  console.log(`  ${name}: ${response.status} ${await response.text()}`);
}

function say(name: string, answer: Awaited<ReturnType<typeof placeOrder>>): void {
  const { status = 200, jsonBody } = answer as { readonly status?: number; readonly jsonBody?: unknown };
  console.log(`  ${name}: ${status} ${JSON.stringify(jsonBody)}`);
}
