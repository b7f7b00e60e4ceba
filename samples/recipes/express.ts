import type { DataSource } from 'entitable';
import { toPlain } from 'entitable/class-transformer';
import { errorHandler } from 'entitable/express';
import express, { type Express } from 'express';
import { Orders } from './orders.js';

/** Moves an amount from one order to another. */
interface Move {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** Express 5 passes a rejected promise to the error handler. `errorHandler` answers with the error's code and no other details. */
export function expressApp(db: DataSource): Express {
  const orders = db.repository(Orders);
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
      // Both orders change, or neither. The work runs again if somebody else changed one of them meanwhile.
      await db.unitOfWork(
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
