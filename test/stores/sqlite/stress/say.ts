import { stress } from '../../embedded/stress.js';

/** Tells what a long run did; says nothing in the usual one. */
export function say(text: string): void {
  if (stress(0, 1) === 1) process.stdout.write(`      ${text}\n`);
}
