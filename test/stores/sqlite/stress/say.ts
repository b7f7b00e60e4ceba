import { stress } from '../../embedded/stress.js';

/** Reports the results of a long run. Prints nothing in ordinary runs. */
export function say(text: string): void {
  if (stress(0, 1) === 1) process.stdout.write(`      ${text}\n`);
}
