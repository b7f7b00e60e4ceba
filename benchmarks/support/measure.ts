const IS_SHORT = process.env['BENCH_SHORT'] === '1';

/**
 * Returns a number of repetitions or rows: `full`, or `short` in a short run, which only shows that the benchmark
 * works; its figures are meaningless.
 */
export function amount(full: number, short: number): number {
  return IS_SHORT ? short : full;
}

/** Returns the median of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Measures the wall time of a call in microseconds. */
export async function microseconds(run: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start) / 1000;
}

/** Formats rows of texts as columns, the first aligned to the left and the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

/** Formats a figure with three significant digits. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
