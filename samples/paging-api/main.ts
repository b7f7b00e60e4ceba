import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource, Entity, EntitableError, PartitionKey, Property, RowKey } from 'entitable';

@Entity({ table: 'SampleArticles' })
class Article {
  @PartitionKey() section!: PartitionKey;
  @RowKey() slug!: RowKey;
  @Property({ type: 'String' }) title!: string;
}

await using db = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');
const articles = db.repository(Article);
for (const section of ['news', 'sport']) {
  for (let index = 1; index <= 7; index++) {
    await articles.upsert(articles.create({ section, slug: `a${index}`, title: `${section} ${index}` }));
  }
}

/**
 * Answers `GET /?section=news&section=sport&next=…` with one page and the continuation of the next one. The client keeps the
 * continuation, so the server needs no state.
 */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const query = articles.query(searchParams.getAll('section').map((section) => ({ section }))).select('title');
  try {
    const { items, continuation } = await query.page({
      pageSize: 5,
      continuation: searchParams.get('next') ?? undefined,
    });
    response.end(JSON.stringify({ titles: items.map(({ title }) => title), next: continuation }));
  } catch (error) {
    if (!EntitableError.is(error, 'query.invalid-continuation')) throw error;
    response.writeHead(400).end(JSON.stringify({ error: error.code }));
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.writeHead(500).end());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

interface Answer {
  readonly titles: readonly string[];
  readonly next?: string;
}

let next: string | undefined;
do {
  const response = await fetch(`${url}?section=news&section=sport${next === undefined ? '' : `&next=${next}`}`);
  const page = (await response.json()) as Answer;
  console.log(`${response.status}: ${page.titles.join(', ')}`);
  if (next === undefined && page.next !== undefined) {
    const foreign = await fetch(`${url}?section=sport&next=${page.next}`);
    console.log(`  the same continuation for another query: ${foreign.status} ${await foreign.text()}`);
  }
  ({ next } = page);
} while (next !== undefined);

server.close();
server.closeAllConnections();
