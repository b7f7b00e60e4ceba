import { amount, figure, median, microseconds, table } from '../support/measure.js';
import type { ClientContender, MakeContender } from './contender.js';
import { PAGES, PIECES, startTricklingServer } from './trickling-server.js';

const ROUNDS = amount(7, 1);
const TARGET = 2;

/**
 * Compares the time that clients need to read ten pages whose bodies arrive slowly. Returns `true` if the target is
 * met.
 */
export async function compareTricklingScan(contenders: Readonly<Record<string, MakeContender>>): Promise<boolean> {
  const server = await startTricklingServer();
  const clients = new Map<string, ClientContender>();
  for (const [name, make] of Object.entries(contenders)) clients.set(name, await make({ url: server.url }));
  const times = new Map<string, number[]>([...clients].map(([name]) => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, client] of clients) {
      const time = (await microseconds(() => scan(client))) / 1000;
      if (round >= 0) times.get(name)!.push(time);
    }
  }
  server.close();
  const own = median(times.get('entitable')!);
  const ratio = median(times.get('raw SDK')!) / own;
  const verdict = `${TARGET}x ${ratio < TARGET ? 'missed' : 'met'}`;
  console.log(
    `\nA scan of ${PAGES} pages of 1000, each of which comes in ${PIECES.count} pieces, ${PIECES.milliseconds} ms apart; milliseconds of wall time\n`,
  );
  console.log(
    table([
      ['', 'wall', '', 'target'],
      ...[...times].map(([name, figures]) => [
        name,
        figure(median(figures)),
        name === 'entitable' ? '' : `${figure(median(figures) / own)}x`,
        name === 'raw SDK' ? verdict : '',
      ]),
    ]),
  );
  return ratio >= TARGET;
}

async function scan(client: ClientContender): Promise<void> {
  const { length } = await client.page();
  if (length !== PAGES * 1000) throw new Error(`${length} rows were read`);
}
