import { hasMember, checkCount } from '../options/check-option.js';
import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { EntityClass } from '../metadata/key-types.js';
import { mapConcurrently } from '../async/map-concurrently.js';
import { withLinkedSignal } from '../async/linked-signal.js';
import { createTable, type CreateTableOptions } from './create-table.js';
import { listTables, nameForm } from './list-tables.js';
import { placeIn, type AdministeredTables, type TablePlace } from './table-place.js';

/** Options of `ensure`. `timeout` applies to each table. */
export interface EnsureTablesOptions extends CreateTableOptions {
  /** Number of tables to create at a time; 8 by default. */
  readonly concurrency?: number | undefined;
}

/**
 * Creates those of the wanted tables that do not exist yet, and returns their names. Throws `store.tables-not-created`.
 */
export async function ensureTables(
  tables: AdministeredTables,
  wanted: Iterable<string | EntityClass>,
  { concurrency = 8, ...options }: EnsureTablesOptions = {},
): Promise<readonly string[]> {
  checkCount('concurrency', concurrency, 1);
  const missing = new Map<string, string>();
  const form = nameForm(tables.strict);
  for (const table of listOf(wanted)) {
    for (const name of tablesOf(placeIn(tables, table))) missing.set(form(name), name);
  }
  const names = missing.size;
  await withoutExisting(tables, missing, options);

  const made: string[] = [];
  const failures: { readonly table: string; readonly error: unknown }[] = [];
  await withLinkedSignal(options.signal, (signal) =>
    mapConcurrently(missing.values(), concurrency, async (table) => {
      try {
        if (await createTable(tables.strict, table, { ...options, signal })) made.push(table);
      } catch (error) {
        failures.push({ table, error });
      }
    }),
  );
  if (failures.length > 0) throw notCreated(failures, names, made);
  return Object.freeze(made.toSorted());
}

/** Returns the names of a table and of the tables of indexes with partitions of their own. */
function tablesOf({ table, mapper }: TablePlace): readonly string[] {
  return [table, ...(mapper?.entries ?? []).map((entries) => entries.table)];
}

function listOf(wanted: Iterable<string | EntityClass>): Iterable<string | EntityClass> {
  if (typeof wanted === 'object' && hasMember(wanted, Symbol.iterator)) return wanted;
  const expected = 'a list of entity classes or table names';
  throw new EntitableError('validation.invalid-option', `ensure takes ${expected}, not ${typeName(wanted)}.`, {
    option: 'tables',
    expected,
    found: typeName(wanted),
  });
}

/**
 * Removes existing tables from `missing`. It lists the tables, because an attempt to create an existing table would
 * count as a failed request in the service's statistics.
 */
async function withoutExisting(
  { strict }: AdministeredTables,
  missing: Map<string, string>,
  { signal, timeout }: CreateTableOptions,
): Promise<void> {
  if (missing.size === 0) return;
  const form = nameForm(strict);
  try {
    for await (const name of listTables(strict, { signal, timeout })) {
      if (missing.delete(form(name)) && missing.size === 0) return;
    }
  } catch (error) {
    // A credential that may not list tables may still create them.
    if (!EntitableError.is(error, 'store.unauthorized')) throw error;
  }
}

function notCreated(
  failures: readonly { readonly table: string; readonly error: unknown }[],
  names: number,
  created: readonly string[],
): EntitableError {
  const reasons = failures.map(
    ({ table, error }) => `${table} (${EntitableError.is(error) ? error.code : 'no answer'})`,
  );
  return new EntitableError(
    'store.tables-not-created',
    `${failures.length} of ${names} tables could not be created: ${reasons.join(', ')}. The cause has the error of each. ` +
      'Those that could be stand; ensure() again goes on with the others.',
    { tables: failures.map(({ table }) => table), created },
    { cause: failures.length === 1 ? failures[0]!.error : new AggregateError(failures.map(({ error }) => error)) },
  );
}
