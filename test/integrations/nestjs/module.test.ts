import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect } from 'chai';
import 'reflect-metadata';
import {
  DataSource,
  defineEntity,
  EntitableError,
  type EntityClass,
  type PartitionKey,
  type Repository,
  type RowKey,
} from 'entitable';
import {
  dataSourceToken,
  EntitableHealthIndicator,
  EntitableModule,
  InjectRepository,
  repositoryToken,
  type EntitableModuleOptions,
  type EntitableOptionsFactory,
} from 'entitable/nestjs';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';
import { rejection } from '../../support/every-store.js';

interface Person {
  id: PartitionKey;
  name: RowKey;
}

/** Returns a class of the same name each time, as two modules of one application may have. */
function userClass(table: string): EntityClass<Person> {
  class User implements Person {
    id!: PartitionKey;
    name!: RowKey;
  }
  defineEntity(User, { table, properties: { id: 'PartitionKey', name: 'RowKey' } });
  return User;
}
const Customer = userClass('NestCustomers');
const Employee = userClass('NestEmployees');

@Injectable()
class Service {
  constructor(
    @InjectRepository(Customer) readonly customers: Repository<Person>,
    @InjectRepository(Employee) readonly employees: Repository<Person>,
  ) {}
}

@Module({
  imports: [EntitableModule.forFeature([Customer]), EntitableModule.forFeature([Employee])],
  providers: [Service],
})
class PeopleModule {}

@Injectable()
class Settings implements EntitableOptionsFactory {
  createEntitableOptions(): EntitableModuleOptions {
    return { target: 'memory:', tableName: (name) => `Test${name}` };
  }
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

const contexts: { close(): Promise<void> }[] = [];

async function contextOf(...imports: readonly (DynamicModule | typeof PeopleModule)[]): ReturnType<typeof create> {
  const context = await create({ module: class Root {}, imports: [...imports] });
  contexts.push(context);
  return context;
}
const create = (root: DynamicModule) =>
  NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });

describe('EntitableModule', () => {
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });

  it('EntitableModule distinguishes classes of the same name', async () => {
    const context = await contextOf(EntitableModule.forRoot({ target: 'memory:' }), PeopleModule);
    const { customers, employees } = context.get(Service, { strict: false });
    expect([customers.entityClass, employees.entityClass]).to.deep.equal([Customer, Employee]);
    expect(repositoryToken(Customer)).to.equal(repositoryToken(Customer)).and.not.to.equal(repositoryToken(Employee));
    expect(repositoryToken(Customer, 'a')).not.to.equal(repositoryToken(Customer, 'b'));
  });

  it('EntitableModule distinguishes a connection whose name is empty from the unnamed one', () => {
    expect(dataSourceToken('')).not.to.equal(dataSourceToken());
    expect(repositoryToken(Customer, '')).not.to.equal(repositoryToken(Customer));
  });

  for (const name of [undefined, 'archive']) {
    it(`EntitableModule refuses two connections ${name === undefined ? 'without a name' : 'of the same name'}`, async () => {
      const target = 'memory:';
      const error = await rejection(
        contextOf(EntitableModule.forRoot({ name, target }), EntitableModule.forRoot({ name, target })),
      );
      expect(EntitableError.is(error, 'validation.invalid-option')).to.be.true;
      expect((error as EntitableError).message).to.include(name ?? 'without a name');
    });
  }

  it('EntitableModule opens a connection once, even if several modules import it', async () => {
    const connection = EntitableModule.forRoot({ target: 'memory:' });
    const context = await contextOf(connection, { module: class Other {}, imports: [connection] }, PeopleModule);
    expect(context.get(DataSource)).to.be.instanceOf(DataSource);
  });

  const ways: Readonly<Record<string, () => DynamicModule>> = {
    useFactory: () =>
      EntitableModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: async (settings: Settings) => Promise.resolve(settings.createEntitableOptions()),
      }),
    useClass: () => EntitableModule.forRootAsync({ useClass: Settings }),
    useExisting: () => EntitableModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings }),
  };
  for (const [way, module] of Object.entries(ways)) {
    it(`EntitableModule opens a connection with options from ${way}`, async () => {
      const context = await contextOf(module(), PeopleModule);
      await context
        .get(Service, { strict: false })
        .customers.insert(Object.assign(Object.create(Customer.prototype as object) as Person, { id: '1', name: 'a' }));
      expect(await context.get(DataSource).tables.exists('TestNestCustomers')).to.be.true;
    });
  }

  it('EntitableModule distinguishes named connections whose factories have the same source text', async () => {
    const named = (name: string, table: string): DynamicModule =>
      EntitableModule.forRootAsync({ name, useFactory: () => ({ target: 'memory:', tableName: () => table }) });
    const context = await contextOf(named('a', 'TableA'), named('b', 'TableB'));
    const tables = ['a', 'b'].map(
      (name) => context.get<DataSource>(dataSourceToken(name)).repository(Customer).scan().compile().table,
    );
    expect(tables).to.deep.equal(['TableA', 'TableB']);
  });

  it('EntitableModule names circular imports as the cause if a class is undefined', () => {
    expect(() => InjectRepository(undefined as never)).to.throw(EntitableError, 'imported in a circle');
  });

  it('EntitableHealthIndicator reports for each connection whether it responds, in the form of a Terminus health indicator', async () => {
    const broken = memoryStore();
    const context = await contextOf(
      EntitableModule.forRoot({ target: 'memory:' }),
      EntitableModule.forRoot({ name: 'broken', target: broken }),
    );
    await broken[Symbol.asyncDispose]();
    const health = context.get(EntitableHealthIndicator);
    expect(await health.pingCheck('tables')).to.deep.equal({ tables: { status: 'up' } });
    expect(await health.pingCheck('archive', { connection: 'broken' })).to.deep.equal({
      archive: { status: 'down', code: 'store.closed' },
    });
  });
});
