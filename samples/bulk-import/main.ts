import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, EntitableError } from 'entitable';
import { generateReadings } from './generate.js';
import { ProgressBar } from './progress-bar.js';
import { lineOf, readLines, type BadLine } from './read-lines.js';
import { Reading } from './reading.js';

const ROWS = 12_000;

await using db = await DataSource.open(process.argv[2] ?? process.env['TABLES'] ?? 'memory:');
const readings = db.repository(Reading);
const folder = await mkdtemp(join(tmpdir(), 'entitable-import-'));
try {
  const file = join(folder, 'readings.jsonl');
  await generateReadings(file, ROWS);
  console.log(
    `Import a file of ${ROWS} lines: read it line by line, and write many partitions at once in transactions`,
  );

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
  console.log(`stored ${written} readings`);

  console.log('\nRejected lines:');
  for (const { item, error } of failed) bad.push({ line: lineOf(item), reason: reasonOf(error) });
  for (const { line, reason } of bad.toSorted((a, b) => a.line - b.line)) console.log(`  ${line}: ${reason}`);

  console.log('\nSensor s07:');
  console.log(`  ${await readings.query({ sensor: 's07' }).count()} readings`);
  const warm = readings.query({ sensor: 's07' }).where('celsius', 'gt', 19.9);
  console.log(`  ${await warm.count()} of them above 19.9 °C`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The error code and the first sentence of the message, which never contains the value. */
function reasonOf(error: unknown): string {
  if (!EntitableError.is(error)) throw error;
  return `${error.code}: ${error.message.split(/[.:] /)[0]}`;
}
