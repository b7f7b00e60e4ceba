import functions, { type HttpHandler } from '@azure/functions';
import { DataSource } from 'entitable';
import { Orders } from './orders.js';

const target = process.argv[2] ?? process.env['TABLES'] ?? 'memory:';

/** The data source of the process. The first call opens it, so that a function starts without waiting for the store. */
let opening: Promise<DataSource> | undefined;
const connect = (): Promise<DataSource> => (opening ??= DataSource.open(target));

export const placeOrder: HttpHandler = async (request) => {
  const { customerId, orderId, total } = (await request.json()) as Record<'customerId' | 'orderId', string> & {
    readonly total: number;
  };
  const orders = (await connect()).repository(Orders);
  return { status: 201, jsonBody: await orders.place(customerId, orderId, total) };
};

export const listOrders: HttpHandler = async (request) => {
  const orders = (await connect()).repository(Orders);
  return { jsonBody: await orders.query({ customerId: request.params['customerId']! }).toArray() };
};

export async function close(): Promise<void> {
  await (await opening)?.close();
}

functions.app.http('placeOrder', { methods: ['POST'], route: 'orders', handler: placeOrder });
functions.app.http('listOrders', { methods: ['GET'], route: 'orders/{customerId}', handler: listOrders });
functions.app.hook.appTerminate(close);
