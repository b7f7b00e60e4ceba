import type { DataSource } from 'entitable';
import { Container, inject, injectable } from 'inversify';
import { Orders } from './orders.js';

@injectable()
class Shop {
  constructor(@inject(Orders) private readonly orders: Orders) {}

  async order(): Promise<string> {
    return (await this.orders.place('inversify', '1', 20)).orderId;
  }
}

export async function inversify(db: DataSource): Promise<string> {
  const container = new Container();
  container
    .bind(Orders)
    .toDynamicValue(() => db.repository(Orders))
    .inSingletonScope();
  container.bind(Shop).toSelf();
  return container.get(Shop).order();
}
