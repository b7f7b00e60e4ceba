import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Reading } from './reading.js';

/** A line that does not hold a valid reading. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

const lines = new WeakMap<Reading, number>();

/** Reads a JSON Lines file of any length line by line. Calls `onBad` for a line that is not valid JSON, and skips it. */
export async function* readLines(file: string, onBad: (bad: BadLine) => void): AsyncGenerator<Reading> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line++;
    const reading = parsed(text);
    if (reading === undefined) onBad({ line, reason: 'invalid JSON' });
    else {
      lines.set(reading, line);
      yield reading;
    }
  }
}

/** The line of the file that a reading comes from. */
export function lineOf(reading: Reading): number {
  return lines.get(reading)!;
}

function parsed(text: string): Reading | undefined {
  try {
    return Object.assign(new Reading(), JSON.parse(text) as object);
  } catch {
    return undefined;
  }
}
