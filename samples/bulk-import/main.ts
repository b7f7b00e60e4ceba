import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, EntitableError } from 'entitable';
import { generateReadings } from './generate.js';
import { ProgressBar } from './progress-bar.js';
import { lineOf, readLines, type BadLine } from './read-lines.js';
import { Reading } from './reading.js';

const ROWS = 12_000;

await using tables = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');
const readings = tables.repository(Reading);
const folder = await mkdtemp(join(tmpdir(), 'entitable-import-'));
try {
  const file = join(folder, 'readings.jsonl');
  await generateReadings(file, ROWS);
  console.log(`A file of ${ROWS} lines, read line by line and written in transactions of many partitions at once`);

  const bar = new ProgressBar(ROWS);
  const bad: BadLine[] = [];
  const input = readLines(file, (line) => bad.push(line));
  const { written, failed } = await readings.upsertMany(input, {
    mode: 'replace',
    concurrency: 'adaptive',
    onError: 'collect',
    onProgress: bar.show,
  });
  bar.end();
  console.log(`${written} readings are stored`);

  console.log('\nLines that are not:');
  for (const { item, error } of failed) bad.push({ line: lineOf(item), reason: reasonOf(error) });
  for (const { line, reason } of bad.toSorted((a, b) => a.line - b.line)) console.log(`  ${line}: ${reason}`);

  console.log('\nOf sensor s07:');
  console.log(`  ${await readings.query({ sensor: 's07' }).count()} readings`);
  const warm = readings.query({ sensor: 's07' }).where('celsius', 'gt', 19.9);
  console.log(`  ${await warm.count()} of them over 19.9 °C`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Says what is wrong, never the value. */
function reasonOf(error: unknown): string {
  if (!EntitableError.is(error)) throw error;
  return `${error.code}: ${error.message.split(/[.:] /)[0]}`;
}
