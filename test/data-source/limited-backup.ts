import { DataSource, EntitableError } from 'entitable';

/** Backs up a store to a path, under the limits of this process, and prints what comes of it. */
const [, , target, path] = process.argv;

await using tables = await DataSource.open(target!);
try {
  await tables.backup(path!);
  process.stdout.write('made\n');
} catch (error) {
  process.stdout.write(`${EntitableError.is(error) ? error.code : String(error)}\n`);
}
