import {
  Body,
  Controller,
  Get,
  Module,
  Param,
  Post,
  Put,
  Res,
  Sse,
  type INestApplication,
  type MessageEvent,
} from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { expect } from 'chai';
import 'reflect-metadata';
import { of, type Observable } from 'rxjs';
import { DataSource, Entity, EntitableError, ETag, PartitionKey, Property, Repository, RowKey } from 'entitable';
import { EntitableExceptionFilter, EntitableModule, InjectRepository, InUnitOfWork } from 'entitable/nestjs';

@Entity({ table: 'Counters' })
class Counter {
  @PartitionKey() shard!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property({ type: 'Int32' }) value!: number;
  @ETag() etag?: string;
}

const counter = (name: string, value: number): Counter => Object.assign(new Counter(), { shard: 's', name, value });

@Controller()
class CountersController {
  tries = 0;

  constructor(
    @InjectRepository(Counter) private readonly counters: Repository<Counter>,
    private readonly tables: DataSource,
  ) {}

  @Post('pairs/:name')
  @InUnitOfWork({ atomic: true })
  async pair(@Param('name') name: string): Promise<void> {
    for (const each of [name, `${name}-copy`]) await this.counters.insert(counter(each, 0));
  }

  @Post('handled/:name')
  async handled(@Param('name') name: string): Promise<void> {
    await this.tables.unitOfWork(
      (unit) => {
        for (const each of [name, `${name}-copy`]) unit.insert(counter(each, 0));
      },
      { atomic: true },
    );
  }

  @Put('handled/:name')
  async handledLoss(@Param('name') name: string): Promise<void> {
    await this.tables.unitOfWork(async (unit) => {
      const found = await unit.repository(Counter).getOrThrow({ shard: 's', name });
      await this.rival(7, name);
      found.value++;
    });
  }

  @Get('counters/:name')
  one(@Param('name') name: string): Promise<Counter> {
    return this.counters.getOrThrow({ shard: 's', name });
  }

  @Post('counters/:name')
  async make(@Param('name') name: string, @Body() { value }: { readonly value: number }): Promise<Counter> {
    return this.counters.insert(counter(name, value));
  }

  @Get('busy')
  busy(): never {
    throw new EntitableError('store.throttled', 'Busy with "secret".', { retryAfter: 2000 });
  }

  @Get('own')
  own(): never {
    throw new Error('mine');
  }

  /**
   * Increments a counter after `rivals` other writers have changed it, regardless of what this unit of work has read.
   */
  async #add(name: string, rivals: number): Promise<number> {
    const found = await this.counters.getOrThrow({ shard: 's', name });
    if (this.tries++ < rivals) await this.rival(10 * this.tries + found.value, name);
    found.value++;
    await this.counters.save(found);
    return this.tries;
  }

  rival: (value: number, name: string) => Promise<unknown> = () => Promise.resolve();

  @Put('once/:name')
  @InUnitOfWork({ atomic: true })
  once(@Param('name') name: string): Promise<number> {
    return this.#add(name, 1);
  }

  @Put('again/:name')
  @InUnitOfWork({ maxRetries: 3 })
  again(@Param('name') name: string): Promise<number> {
    return this.#add(name, 2);
  }

  @Put('own-answer')
  @InUnitOfWork({ maxRetries: 3 })
  ownAnswer(@Res() response: { readonly json: (body: object) => void }): void {
    response.json({ answered: true });
  }

  @Put('passing')
  @InUnitOfWork({ maxRetries: 3 })
  passing(@Res({ passthrough: true }) response: { readonly status: (code: number) => unknown }): object {
    response.status(202);
    return { answered: true };
  }

  @Sse('events')
  @InUnitOfWork()
  events(): Observable<MessageEvent> {
    return of({ data: 'one' });
  }
}

@Module({
  imports: [EntitableModule.forRoot({ target: 'memory:' }), EntitableModule.forFeature([Counter])],
  providers: [{ provide: APP_FILTER, useClass: EntitableExceptionFilter }],
  controllers: [CountersController],
})
class CountersModule {}

describe('A Nest application with the exception filter', () => {
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    app = await NestFactory.create(CountersModule, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    // A data source of its own: a repository of the application's data source would join the unit of work.
    const rivals = (await DataSource.open(app.get(DataSource).store)).repository(Counter);
    app.get(CountersController).rival = async (value, name) => rivals.upsert(counter(name, value));
  });
  afterEach(() => app.close());

  async function ask(path: string, method = 'GET', body?: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return [answer.status, await answer.json(), answer.headers.get('retry-after')];
  }

  it('The exception filter answers by the code and leaves foreign errors to Nest', async () => {
    expect(await ask('counters/a')).to.deep.equal([404, { statusCode: 404, code: 'store.not-found' }, null]);
    expect(await ask('counters/a', 'POST', { value: 1 })).to.have.property('0', 201);
    expect(await ask('counters/a', 'POST', { value: 1 })).to.deep.equal([
      409,
      { statusCode: 409, code: 'store.already-exists' },
      null,
    ]);
    expect(await ask('counters/b', 'POST', { value: 'secret' })).to.deep.equal([
      400,
      { statusCode: 400, code: 'validation.wrong-type', property: 'value' },
      null,
    ]);
    expect(await ask('busy')).to.deep.equal([429, { statusCode: 429, code: 'store.throttled' }, '2']);
    expect(await ask('own')).to.have.nested.property('1.message', 'Internal server error');
  });

  it('The exception filter answers a refused commit as the error that refused it', async () => {
    await app.get(DataSource).repository(Counter).insert(counter('a', 1));
    expect(await ask('once/a', 'PUT')).to.deep.equal([
      412,
      { statusCode: 412, code: 'store.precondition-failed' },
      null,
    ]);
    expect(await ask('counters/a')).to.have.nested.property('1.value', 11);
  });

  it('The exception filter answers a commit with a conflicting insert with 409, and nothing is written', async () => {
    const counters = app.get(DataSource).repository(Counter);
    await counters.insert(counter('a-copy', 1));
    const taken = [409, { statusCode: 409, code: 'store.already-exists' }, null];
    expect(await ask('pairs/a', 'POST')).to.deep.equal(taken);
    expect(await ask('handled/a', 'POST')).to.deep.equal(taken);
    expect((await counters.scan().toArray()).map(({ name }) => name)).to.deep.equal(['a-copy']);
  });

  it('The exception filter answers a unit of work that the handler itself runs in the same way', async () => {
    await app.get(DataSource).repository(Counter).insert(counter('a', 1));
    expect(await ask('handled/a', 'PUT')).to.deep.equal([
      412,
      { statusCode: 412, code: 'store.precondition-failed' },
      null,
    ]);
    expect(await ask('counters/a')).to.have.nested.property('1.value', 7);
    app.get(CountersController).rival = () => Promise.resolve();
    expect((await fetch(`${url}/handled/a`, { method: 'PUT' })).status).to.equal(200);
    expect(await ask('counters/a')).to.have.nested.property('1.value', 8);
  });

  it('A handler with maxRetries runs again after losing a race', async () => {
    await app.get(DataSource).repository(Counter).insert(counter('a', 1));
    expect(await ask('again/a', 'PUT')).to.deep.equal([200, 3, null]);
    expect(await ask('counters/a')).to.have.nested.property('1.value', 32);
  });

  it('A unit of work refuses handlers whose answer cannot wait for a commit: event streams, and those that send it themselves', async () => {
    expect(await ask('own-answer', 'PUT')).to.deep.equal([500, { statusCode: 500, code: 'commit.not-in-unit' }, null]);
    expect(await ask('passing', 'PUT')).to.deep.equal([202, { answered: true }, null]);
    const events = await fetch(`${url}/events`);
    expect(await events.text()).not.to.include('data: one');
  });
});
