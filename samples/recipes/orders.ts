import { Entity, PartitionKey, Property, Repository, RowKey } from 'entitable';

@Entity({ table: 'RecipeOrders' })
export class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property() total!: number;
}

/** A custom repository is a class, so a container can use the class itself as the injection token. */
export class Orders extends Repository.of(Order) {
  async place(customerId: string, orderId: string, total: number): Promise<Order> {
    return this.upsert(this.create({ customerId, orderId, total }));
  }
}
