import {
  Body,
  ConflictException,
  Controller,
  forwardRef,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  NotFoundException,
  Optional,
  Param,
  Post,
  type DynamicModule,
} from '@nestjs/common';
import {
  DataSource,
  Entity,
  PartitionKey,
  Property,
  Repository,
  RowKey,
  type DataSourceTarget,
  type Session,
} from 'entitable';
import {
  EntitableModule,
  InjectDataSource,
  InjectRepository,
  InUnitOfWork,
  repositoryProviders,
} from 'entitable/nestjs';

@Entity({ table: 'NestOrders' })
export class ShopOrder {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property({ type: 'Double' }) total!: number;
}

/** A custom repository without dependencies. It is provided under its own class. */
export class ShopOrders extends Repository.of(ShopOrder) {
  large(customerId: string): Promise<ShopOrder[]> {
    return this.query({ customerId }).where('total', 'gt', 1000).toArray();
  }
}

@Injectable()
export class Journal {
  readonly lines: string[] = [];
}

/**
 * A custom repository with four dependencies: injected by class, by token, by forward reference, and an optional one
 * that is missing.
 */
@Injectable()
export class JournaledOrders extends Repository.of(ShopOrder) {
  constructor(
    session: Session,
    readonly journal: Journal,
    @Inject('PREFIX') readonly prefix: string,
    @Inject(forwardRef(() => Journal)) readonly later: Journal,
    @Optional() @Inject('MISSING') readonly missing?: string,
  ) {
    super(session);
  }

  async place(order: ShopOrder): Promise<ShopOrder> {
    this.journal.lines.push(`${this.prefix} ${order.orderId}`);
    return this.insert(order);
  }
}

@Controller('orders')
export class OrdersController {
  constructor(
    @InjectRepository(ShopOrder) private readonly orders: Repository<ShopOrder>,
    private readonly custom: ShopOrders,
    private readonly journaled: JournaledOrders,
    private readonly tables: DataSource,
    @InjectRepository(ShopOrder, 'archive') private readonly archived: Repository<ShopOrder>,
    @InjectDataSource('archive') private readonly archive: DataSource,
  ) {}

  @Get('sources')
  sources(): object {
    return { same: this.tables === this.archive, kinds: [this.tables.traits.kind, this.archive.traits.kind] };
  }

  @Get(':customerId/large')
  large(@Param('customerId') customerId: string): Promise<ShopOrder[]> {
    return this.custom.large(customerId);
  }

  @Get(':customerId/:orderId')
  async one(@Param('customerId') customerId: string, @Param('orderId') orderId: string): Promise<ShopOrder> {
    const order = await this.orders.get({ customerId, orderId });
    if (order === undefined) throw new NotFoundException();
    return order;
  }

  @Post()
  async place(@Body() body: ShopOrder): Promise<object> {
    const order = await this.journaled.place(Object.assign(new ShopOrder(), body));
    return { order, journal: this.journaled.journal.lines };
  }

  @Post('pair')
  @InUnitOfWork({ atomic: true })
  async pair(
    @Body() { orders, fail }: { readonly orders: readonly ShopOrder[]; readonly fail: boolean },
  ): Promise<number> {
    for (const order of orders) await this.orders.insert(Object.assign(new ShopOrder(), order));
    if (fail) throw new ConflictException();
    return this.orders.query({ customerId: 'c1' }).count();
  }

  @Post('both')
  @InUnitOfWork()
  @InUnitOfWork({ connection: 'archive' })
  async both(@Body() { order, fail }: { readonly order: ShopOrder; readonly fail: boolean }): Promise<void> {
    for (const orders of [this.orders, this.archived]) await orders.insert(Object.assign(new ShopOrder(), order));
    if (fail) throw new ConflictException();
  }

  @Post(':customerId/:orderId/archive')
  @HttpCode(204)
  async move(@Param('customerId') customerId: string, @Param('orderId') orderId: string): Promise<void> {
    const { total } = await this.orders.getOrThrow({ customerId, orderId });
    await this.archived.insert(Object.assign(new ShopOrder(), { customerId, orderId, total }));
    await this.orders.delete({ customerId, orderId });
  }
}

@Module({
  imports: [EntitableModule.forFeature([ShopOrder, ShopOrders]), EntitableModule.forFeature([ShopOrder], 'archive')],
  providers: [Journal, { provide: 'PREFIX', useValue: 'placed' }, ...repositoryProviders([JournaledOrders])],
  controllers: [OrdersController],
})
export class OrdersModule {}

@Module({})
export class ShopModule {
  static with(target: DataSourceTarget, archive: DataSourceTarget): DynamicModule {
    return {
      module: ShopModule,
      imports: [
        EntitableModule.forRoot({ target }),
        EntitableModule.forRoot({ name: 'archive', target: archive }),
        OrdersModule,
      ],
    };
  }
}
