import { DataSource } from 'entitable';
import { writeRounds } from './round.js';

/** Writes rounds to a target until it is killed, and prints each that is acknowledged. */
const [, , target, writer] = process.argv;

await using tables = await DataSource.open(target!);
await writeRounds(
  tables,
  writer!,
  () => false,
  (round) => process.stdout.write(`${round}\n`),
);
