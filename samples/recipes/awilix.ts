import { asClass, asFunction, createContainer } from 'awilix';
import { DataSource } from 'entitable';
import { Orders } from './orders.js';

interface Cradle {
  readonly db: DataSource;
  readonly orders: Orders;
  readonly shop: Shop;
}

class Shop {
  readonly #orders: Orders;

  constructor({ orders }: Cradle) {
    this.#orders = orders;
  }

  async order(): Promise<string> {
    return (await this.#orders.place('awilix', '1', 20)).orderId;
  }
}

export async function awilix(target: string): Promise<string> {
  const db = await DataSource.open(target);
  const container = createContainer<Cradle>({ strict: true }).register({
    db: asFunction(() => db)
      .singleton()
      .disposer(() => db.close()),
    orders: asFunction((cradle: Cradle) => cradle.db.repository(Orders)).singleton(),
    shop: asClass(Shop),
  });
  try {
    return await container.cradle.shop.order();
  } finally {
    await container.dispose();
  }
}
