import 'reflect-metadata'; // before tsyringe, which asks for it
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

export async function tsyringe(tables: DataSource): Promise<string> {
  const scope = container.createChildContainer();
  scope.register(Orders, { useFactory: instanceCachingFactory(() => tables.repository(Orders)) });
  return scope.resolve(Shop).order();
}
