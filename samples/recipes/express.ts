import { EntitableError, type DataSource } from 'entitable';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { Orders } from './orders.js';

const STATUS: readonly (readonly [code: string, status: number])[] = [
  ['store.not-found', 404],
  ['store.already-exists', 409],
  ['store.precondition-failed', 412],
  ['validation.', 422],
  ['key.', 422],
];

/** What a client may know of an error: its code. Express 5 hands on what a handler rejects with. */
const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!EntitableError.is(error)) return next(error);
  const [, status] = STATUS.find(([code]) => error.code.startsWith(code)) ?? ['', 500];
  response.status(status).json({ code: error.code });
};

export function expressApp(tables: DataSource): Express {
  const orders = tables.repository(Orders);
  return express()
    .use(express.json())
    .put('/orders/:customerId/:orderId', async (request, response) => {
      const { total } = request.body as { readonly total: number };
      response.json(await orders.place(request.params.customerId, request.params.orderId, total));
    })
    .get('/orders/:customerId/:orderId', async (request, response) => {
      response.json(await orders.getOrThrow(request.params));
    })
    .use(answerError);
}
