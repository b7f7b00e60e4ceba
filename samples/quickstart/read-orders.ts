import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { CreateOf } from 'entitable';
import type { Order } from './order.js';

/** Reads the orders of a CSV file line by line. No field of this file contains a comma, so quoting is not supported. */
export async function* readOrders(file: URL): AsyncGenerator<CreateOf<Order>> {
  let names: readonly string[] | undefined;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const fields = line.split(',');
    if (names === undefined) {
      names = fields;
      continue;
    }
    const { customerId, orderId, placedAt, total, items, status, email } = Object.fromEntries(
      names.map((name, index) => [name, fields[index] ?? '']),
    );
    yield {
      customerId: customerId!,
      orderId: orderId!,
      placedAt: new Date(placedAt!),
      total: Number(total),
      items: Number(items),
      status: status as Order['status'],
      email: email === '' ? undefined : email,
    };
  }
}
