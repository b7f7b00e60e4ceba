import { DataSource, EntitableError } from 'entitable';

/**
 * A program for the backup tests: backs up a store to a path under the resource limits of this process, and prints the
 * outcome.
 */
const [, , target, path] = process.argv;

await using tables = await DataSource.open(target!);
try {
  await tables.backup(path!);
  process.stdout.write('made\n');
} catch (error) {
  process.stdout.write(`${EntitableError.is(error) ? error.code : String(error)}\n`);
}
