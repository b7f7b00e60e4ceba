import { Entity, PartitionKey, Property, Repository, RowKey } from 'entitable';

@Entity({ table: 'RecipeOrders' })
export class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property() total!: number;
}

/** A custom repository is a class, and so its own token in every container. */
export class Orders extends Repository.of(Order) {
  async place(customerId: string, orderId: string, total: number): Promise<Order> {
    return this.upsert(this.create({ customerId, orderId, total }));
  }
}
