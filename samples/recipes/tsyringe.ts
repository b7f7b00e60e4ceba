import 'reflect-metadata'; // tsyringe requires it to be imported first
import type { DataSource } from 'entitable';
import { container, inject, injectable, instanceCachingFactory } from 'tsyringe';
import { Orders } from './orders.js';

@injectable()
class Shop {
  constructor(@inject(Orders) private readonly orders: Orders) {}

  async order(): Promise<string> {
    return (await this.orders.place('tsyringe', '1', 20)).orderId;
  }
}

export async function tsyringe(db: DataSource): Promise<string> {
  const scope = container.createChildContainer();
  scope.register(Orders, { useFactory: instanceCachingFactory(() => db.repository(Orders)) });
  return scope.resolve(Shop).order();
}
