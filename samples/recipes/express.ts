import type { DataSource } from 'entitable';
import { toPlain } from 'entitable/class-transformer';
import { errorHandler } from 'entitable/express';
import express, { type Express } from 'express';
import { Orders } from './orders.js';

/** A part of one order's total that becomes part of another's. */
interface Move {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

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
    .post('/orders/:customerId/moves', async (request, response) => {
      const { customerId } = request.params;
      const { from, to, amount } = request.body as Move;
      // Both orders change, or neither does; done again where somebody else was faster. A refusal is answered by its code.
      await tables.unitOfWork(
        async (unit) => {
          const inUnit = unit.repository(Orders);
          const source = await inUnit.getOrThrow({ customerId, orderId: from });
          const target = await inUnit.getOrThrow({ customerId, orderId: to });
          source.total -= amount;
          target.total += amount;
        },
        { maxRetries: 3 },
      );
      response.json({ moved: amount });
    })
    .use(errorHandler());
}
