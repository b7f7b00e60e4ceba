import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const PAGES = 20;

/** What each row of a page takes in memory while the page is held, in bytes. */
export async function bytesPerRow(page: () => Promise<readonly object[]>): Promise<number> {
  for (let warm = 0; warm < PAGES; warm++) await page();
  const before = bytesUsed();
  const held: (readonly object[])[] = [];
  for (let index = 0; index < PAGES; index++) held.push(await page());
  const bytes = bytesUsed() - before;
  return bytes / held.reduce((rows, { length }) => rows + length, 0);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function bytesUsed(): number {
  for (let times = 0; times < 4; times++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
