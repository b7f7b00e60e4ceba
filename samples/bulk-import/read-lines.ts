import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Reading } from './reading.js';

/** A line that is no reading. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

const lines = new WeakMap<Reading, number>();

/** Reads a JSON Lines file line by line, so that it may be of any length; lines that are no JSON are told and left out. */
export async function* readLines(file: string, onBad: (bad: BadLine) => void): AsyncGenerator<Reading> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line++;
    const reading = parsed(text);
    if (reading === undefined) onBad({ line, reason: 'no JSON' });
    else {
      lines.set(reading, line);
      yield reading;
    }
  }
}

/** The line that a reading stands in. */
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
