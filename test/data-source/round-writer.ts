import { DataSource } from 'entitable';
import { writeRounds } from './round.js';

/** A program for the backup tests: writes rounds to a target until it is killed, and prints each acknowledged one. */
const [, , target, writer] = process.argv;

await using tables = await DataSource.open(target!);
await writeRounds(
  tables,
  writer!,
  () => false,
  (round) => process.stdout.write(`${round}\n`),
);
