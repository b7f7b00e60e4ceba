import type { BulkProgress } from 'entitable';

const WIDTH = 30;

/** A bar on a terminal; elsewhere nothing, so that what is printed stays the same. */
export function progressBar(total: number): (progress: BulkProgress) => void {
  if (!process.stdout.isTTY) return () => undefined;
  return ({ done, failed, ratePerSecond }) => {
    const share = Math.min(1, (done + failed) / total);
    const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
    process.stdout.write(
      `\r  ${bar} ${Math.round(share * 100)} %, ${ratePerSecond} a second\u001B[K${share === 1 ? '\n' : ''}`,
    );
  };
}
