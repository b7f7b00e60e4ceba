import type { BulkProgress } from 'entitable';

const WIDTH = 30;

/** Draws a progress bar on a terminal. Elsewhere it prints nothing, so the output of the sample stays the same. */
export class ProgressBar {
  readonly #total: number;

  constructor(total: number) {
    this.#total = total;
  }

  readonly show = ({ done, failed, ratePerSecond }: BulkProgress): void => {
    if (!process.stdout.isTTY) return;
    const share = Math.min(1, (done + failed) / this.#total);
    const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
    process.stdout.write(`\r  ${bar} ${Math.floor(share * 100)} %, ${ratePerSecond} a second\u001B[K`);
  };

  end(): void {
    if (process.stdout.isTTY) process.stdout.write('\n');
  }
}
