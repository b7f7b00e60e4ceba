import type { HeapProfiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const PAGES = 20;
/** Average number of bytes between two sampled allocations. */
const SAMPLED = 512;

/** Memory that reading a row takes, in bytes. */
export interface MemoryPerRow {
  /** Memory that a row occupies while its page is referenced, including memory outside the heap. */
  readonly held: number;
  /** Memory that is allocated on the heap to read a row; most of it is garbage immediately. */
  readonly allocated: number;
}

/** Measures both over twenty pages. */
export async function memoryPerRow(page: () => Promise<readonly object[]>): Promise<MemoryPerRow> {
  for (let warm = 0; warm < PAGES; warm++) await page();
  return { held: await held(page), allocated: await allocated(page) };
}

async function held(page: () => Promise<readonly object[]>): Promise<number> {
  const before = bytesUsed();
  const pages: (readonly object[])[] = [];
  for (let index = 0; index < PAGES; index++) pages.push(await page());
  const bytes = bytesUsed() - before;
  return bytes / pages.reduce((rows, { length }) => rows + length, 0);
}

async function allocated(page: () => Promise<readonly object[]>): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLED,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  let rows = 0;
  for (let index = 0; index < PAGES; index++) rows += (await page()).length;
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  return bytesBelow(profile.head) / rows;
}

function bytesBelow({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number {
  return children.reduce((bytes, child) => bytes + bytesBelow(child), selfSize);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function bytesUsed(): number {
  for (let times = 0; times < 4; times++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
