import { Body, Controller, Module, Param, Patch, Put, ValidationPipe, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Exclude } from 'class-transformer';
import { IsEmail, IsOptional, IsString } from 'class-validator';
import { expect } from 'chai';
import 'reflect-metadata';
import { DataSource, Entity, ETag, PartitionKey, Property, Repository, RowKey } from 'entitable';
import { fromPlain, toPlain } from 'entitable/class-transformer';
import { EntitableModule, InjectRepository, InUnitOfWork } from 'entitable/nestjs';

@Entity({ table: 'Accounts' })
class Account {
  @PartitionKey() owner!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property({ type: 'String' }) @IsString() mail?: string;
  @Property({ type: 'String' }) @IsOptional() @IsString() phone?: string;
  @Property({ type: 'String' }) @Exclude() @IsString() hash?: string;
  @ETag() etag?: string;
}

/** Class fields are own members, even if the client did not send them. */
class UpdateAccount {
  @IsOptional() @IsEmail() mail?: string;
  @IsOptional() @IsString() phone?: string | null;
}

const pipe = new ValidationPipe({ transform: true, whitelist: true });

@Controller('accounts/:owner/:name')
class AccountController {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  @Patch('merge')
  async merge(@Param() key: { owner: string; name: string }, @Body(pipe) body: UpdateAccount): Promise<object> {
    await this.accounts.merge({ owner: key.owner, name: key.name }, body);
    return { own: Object.keys(body) };
  }

  @Patch('assign')
  async assign(
    @Param('owner') owner: string,
    @Param('name') name: string,
    @Body(pipe) body: UpdateAccount,
  ): Promise<object> {
    return toPlain(await this.accounts.modify({ owner, name }, (account) => this.accounts.assign(account, body)));
  }

  @Patch('unit')
  @InUnitOfWork()
  async unit(
    @Param('owner') owner: string,
    @Param('name') name: string,
    @Body(pipe) body: UpdateAccount,
  ): Promise<void> {
    await this.accounts.merge({ owner, name }, body);
    this.accounts.assign(await this.accounts.getOrThrow({ owner, name }), body);
  }

  @Put()
  async put(@Body() body: Record<string, unknown>): Promise<object> {
    return toPlain(await this.accounts.save(fromPlain(Account, body)));
  }
}

@Module({
  imports: [EntitableModule.forRoot({ target: 'memory:' }), EntitableModule.forFeature([Account])],
  controllers: [AccountController],
})
class AccountModule {}

const KEY = { owner: 'o', name: 'n' };
const STORED = { mail: 'a@x.org', phone: '1', hash: '$2b$' };

describe('A Nest application that updates part of an entity', () => {
  let app: INestApplication;
  let url: string;
  let accounts: Repository<Account>;

  beforeEach(async () => {
    app = await NestFactory.create(AccountModule, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/accounts/o/n`;
    accounts = app.get(DataSource).repository(Account);
    await accounts.insert(accounts.create({ ...KEY, ...STORED }));
  });
  afterEach(() => app.close());

  const send = (method: string, path: string, body: object): Promise<Response> =>
    fetch(url + path, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const stored = async (): Promise<object> => {
    const { mail, phone, hash } = await accounts.getOrThrow(KEY);
    return { mail, phone, hash };
  };

  for (const path of ['/merge', '/assign', '/unit']) {
    it(`PATCH ${path} keeps properties that were not sent and removes those that are null`, async () => {
      const answer = await send('PATCH', path, { mail: 'b@x.org' });
      expect(answer.status).to.equal(200);
      expect(await stored()).to.deep.equal({ ...STORED, mail: 'b@x.org' });
      expect((await send('PATCH', path, { phone: null })).status).to.equal(200);
      expect(await stored()).to.deep.equal({ ...STORED, mail: 'b@x.org', phone: undefined });
      expect((await send('PATCH', path, { mail: 'nobody' })).status).to.equal(400);
      expect((await send('PATCH', path, {})).status).to.equal(200);
      expect(await stored()).to.deep.equal({ ...STORED, mail: 'b@x.org', phone: undefined });
    });
  }

  it('A handler receives properties that were not sent as own members', async () => {
    const answer = await send('PATCH', '/merge', { mail: 'b@x.org' });
    expect(await answer.json()).to.deep.equal({ own: ['mail', 'phone'] });
  });

  it('PUT keeps properties that are not exposed or were not sent', async () => {
    const { etag } = await accounts.getOrThrow(KEY);
    const answer = await send('PUT', '', { ...KEY, mail: 'b@x.org', hash: 'forged', etag });
    expect(answer.status).to.equal(200);
    const { etag: after, ...plain } = (await answer.json()) as { readonly etag: string };
    expect(plain).to.deep.equal({ ...KEY, mail: 'b@x.org', phone: '1' });
    expect(await stored()).to.deep.equal({ ...STORED, mail: 'b@x.org' });
    expect((await send('PUT', '', { ...KEY, phone: null, etag: after })).status).to.equal(200);
    expect(await stored()).to.deep.equal({ ...STORED, mail: 'b@x.org', phone: undefined });
    // The row's ETag has changed since the first read.
    expect((await send('PUT', '', { ...KEY, phone: '2', etag })).status).to.equal(500);
  });
});
