import type { DataSource } from 'entitable';
import { toPlain } from 'entitable/class-transformer';
import { errorHandler } from 'entitable/express';
import express, { type Express } from 'express';
import { Orders } from './orders.js';

/** Express 5 hands on what a handler rejects with; `errorHandler` tells clients codes, and nothing else. */
export function expressApp(tables: DataSource): Express {
  const orders = tables.repository(Orders);
  return express()
    .use(express.json())
    .put('/orders/:customerId/:orderId', async (request, response) => {
      const { total } = request.body as { readonly total: number };
      response.json(toPlain(await orders.place(request.params.customerId, request.params.orderId, total)));
    })
    .get('/orders/:customerId/:orderId', async (request, response) => {
      response.json(toPlain(await orders.getOrThrow(request.params)));
    })
    .use(errorHandler());
}
