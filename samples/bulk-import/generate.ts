import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

const SENSORS = 40;

/** Writes a JSON Lines file of readings. The file is the same in every run, and a few of its lines are invalid. */
export async function generateReadings(file: string, rows: number): Promise<void> {
  const stream = createWriteStream(file);
  for (let row = 0; row < rows; row++) {
    if (!stream.write(`${lineOf(row)}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}

function lineOf(row: number): string {
  const reading = {
    sensor: `s${String(row % SENSORS).padStart(2, '0')}`,
    at: new Date(Date.UTC(2026, 0, 1) + row * 60_000).toISOString(),
    celsius: Math.round(Math.sin(row / 500) * 200) / 10,
    humidity: 40 + (row % 30),
  };
  // The mistakes that real files have.
  if (row === 2_500) return JSON.stringify(reading).slice(0, 40);
  if (row % 4_000 === 1_234) return JSON.stringify({ ...reading, humidity: -1 });
  if (row === 7_777) return JSON.stringify({ ...reading, celsius: 'warm' });
  if (row === 9_000) return JSON.stringify({ ...reading, sensor: 'hall/3' });
  return JSON.stringify(reading);
}
