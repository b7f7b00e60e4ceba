import { expect } from 'chai';
import express, { type Express } from 'express';
import { MinLength } from 'class-validator';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource, EntitableError, Entity, ETag, httpResponseOf, PartitionKey, Property, RowKey } from 'entitable';
import { errorHandler } from 'entitable/express';

@Entity({ table: 'Articles' })
class Article {
  @PartitionKey() shelf!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) @MinLength(2) title!: string;
  @Property({ type: 'Int32' }) pages?: number;
  @ETag() etag?: string;
}

describe('The error handler for Express', () => {
  const servers: Server[] = [];
  const told: unknown[] = [];
  let tables: DataSource;
  let rival: () => Promise<unknown>;

  beforeEach(async () => {
    told.length = 0;
    rival = () => Promise.resolve();
    tables = await DataSource.open('memory:');
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await tables.close();
  });

  async function listen(app: Express): Promise<string> {
    const server = app.listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function application(): Express {
    const articles = tables.repository(Article);
    return express()
      .use(express.json())
      .get('/:id', async (request, response) => {
        response.json(await articles.getOrThrow({ shelf: 's', id: request.params.id }));
      })
      .post('/:id', async (request, response) => {
        const body = request.body as object;
        response
          .status(201)
          .json(await articles.insert(Object.assign(new Article(), { shelf: 's', id: request.params.id }, body)));
      })
      .put('/:id', async (request, response) => {
        const etag = request.get('if-match');
        const entity = Object.assign(new Article(), { shelf: 's', id: request.params.id }, request.body as object);
        response.json(await articles.replace(entity, { etag }));
      })
      .post('/pairs/:id', async (request, response) => {
        const { id } = request.params;
        // Writes two entities of one partition atomically.
        await tables.unitOfWork(
          (unit) => {
            for (const each of [id, `${id}-copy`])
              unit.insert(articles.create({ shelf: 's', id: each, title: 'Faust' }));
          },
          { atomic: true },
        );
        response.status(204).end();
      })
      .put('/pairs/:id', async (request, response) => {
        const { id } = request.params;
        await tables.unitOfWork(
          async (unit) => {
            const pair = await unit
              .repository(Article)
              .getMany([id, `${id}-copy`].map((each) => ({ shelf: 's', id: each })));
            await rival();
            for (const article of pair) Object.assign(article!, request.body as object);
            pair[0]!.etag = request.get('if-match') ?? pair[0]!.etag!;
          },
          { atomic: true },
        );
        response.status(204).end();
      })
      .get('/fail/:way', (request, response) => {
        const { way } = request.params;
        if (way === 'throttled')
          throw new EntitableError('store.throttled', 'Busy with "secret".', { table: 'T', retryAfter: 1500 });
        if (way === 'unauthorized') throw new EntitableError('store.unauthorized', 'No "secret".', {});
        if (way === 'sent') {
          response.write('half');
          throw new EntitableError('store.unavailable', 'Gone.', {});
        }
        throw new Error('mine');
      })
      .use(errorHandler({ onError: (error) => told.push(error.code) }))
      .use(((error: Error, _request, response, _next) => {
        if (response.headersSent) response.end();
        else response.status(599).json({ mine: error.message });
      }) satisfies express.ErrorRequestHandler);
  }

  async function ask(
    url: string,
    method = 'GET',
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const init = {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    };
    const answer = await fetch(url, init);
    const text = await answer.text();
    return [answer.status, text === '' ? undefined : JSON.parse(text), answer.headers.get('retry-after')];
  }

  it('The error handler for Express answers by the code, without messages or values', async () => {
    const url = await listen(application());
    expect(await ask(`${url}/1`)).to.deep.equal([404, { statusCode: 404, code: 'store.not-found' }, null]);
    expect(await ask(`${url}/1`, 'POST', { title: 'x' })).to.deep.equal([
      400,
      {
        statusCode: 400,
        code: 'validation.failed',
        violations: [{ property: 'title', constraints: ['minLength'] }],
      },
      null,
    ]);
    expect(await ask(`${url}/1`, 'POST', { title: 'Faust', pages: 2.5 })).to.deep.equal([
      400,
      { statusCode: 400, code: 'validation.out-of-range', property: 'pages' },
      null,
    ]);
    expect(await ask(`${url}/a%2Fb`, 'POST', { title: 'Faust' })).to.deep.equal([
      400,
      { statusCode: 400, code: 'key.forbidden-character', property: 'id' },
      null,
    ]);
    expect(await ask(`${url}/1`, 'POST', { title: 'Faust' })).to.have.property('0', 201);
    expect(await ask(`${url}/1`, 'POST', { title: 'Faust' })).to.have.property('0', 409);
    expect(await ask(`${url}/1`, 'PUT', { title: 'Faust' })).to.have.property('0', 428);
    expect(await ask(`${url}/1`, 'PUT', { title: 'Faust' }, { 'if-match': 'W/"other"' })).to.have.property('0', 412);
    expect(told).to.deep.equal([]);
  });

  it('The error handler for Express sends Retry-After, reports server faults to onError and passes on foreign errors', async () => {
    const url = await listen(application());
    expect(await ask(`${url}/fail/throttled`)).to.deep.equal([429, { statusCode: 429, code: 'store.throttled' }, '2']);
    expect(await ask(`${url}/fail/unauthorized`)).to.deep.equal([
      500,
      { statusCode: 500, code: 'store.unauthorized' },
      null,
    ]);
    expect(told).to.deep.equal(['store.unauthorized']);
    expect(await ask(`${url}/fail/mine`)).to.deep.equal([599, { mine: 'mine' }, null]);
    expect(await (await fetch(`${url}/fail/sent`)).text()).to.equal('half');
  });

  it('httpResponseOf answers a commit that wrote nothing as the error that refused it, and a partial commit with 500', async () => {
    const articles = tables.repository(Article);
    const article = (id: string, shelf = 's'): Article => Object.assign(new Article(), { shelf, id, title: 'Faust' });
    await articles.insert(article('1'));
    const refused = (...shelves: readonly string[]): Promise<unknown> =>
      tables.unitOfWork((unit) => shelves.forEach((shelf) => unit.insert(article('1', shelf)))).catch(httpResponseOf);
    expect(await refused('s')).to.have.property('status', 409);
    expect(await refused('other', 's')).to.have.property('status', 500);
  });

  it('The error handler for Express answers an atomic unit of work as the error that refused it, with nothing written', async () => {
    const url = await listen(application());
    const articles = tables.repository(Article);
    const titles = async (): Promise<string[]> =>
      (await articles.scan().toArray()).map(({ id, title }) => `${id} ${title}`);
    await articles.insert(articles.create({ shelf: 's', id: 'b-copy', title: 'Ada' }));
    expect(await ask(`${url}/pairs/b`, 'POST')).to.deep.equal([
      409,
      { statusCode: 409, code: 'store.already-exists' },
      null,
    ]);
    expect(await titles()).to.deep.equal(['b-copy Ada']);
    expect(await ask(`${url}/pairs/a`, 'POST')).to.deep.equal([204, undefined, null]);
    const lost = [412, { statusCode: 412, code: 'store.precondition-failed' }, null];
    rival = () => articles.merge({ shelf: 's', id: 'a-copy' }, { title: 'Emma' });
    expect(await ask(`${url}/pairs/a`, 'PUT', { title: 'Macbeth' })).to.deep.equal(lost);
    rival = () => Promise.resolve();
    expect(await ask(`${url}/pairs/a`, 'PUT', { title: 'Macbeth' }, { 'if-match': 'W/"other"' })).to.deep.equal(lost);
    expect(await titles()).to.deep.equal(['a Faust', 'a-copy Emma', 'b-copy Ada']);
    const { etag } = await articles.getOrThrow({ shelf: 's', id: 'a' });
    expect(await ask(`${url}/pairs/a`, 'PUT', { title: 'Macbeth' }, { 'if-match': etag! })).to.have.property('0', 204);
    expect(await titles()).to.deep.equal(['a Macbeth', 'a-copy Macbeth', 'b-copy Ada']);
    expect(told).to.deep.equal([]);
  });

  it('httpResponseOf returns undefined for foreign errors', () => {
    expect([new Error('x'), undefined, { code: 'store.not-found' }].map(httpResponseOf)).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
