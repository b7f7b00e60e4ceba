import { EntitableError } from '../../errors/entitable-error.js';
import { SYSTEM_TABLE } from '../embedded/system-table.js';
import { placeOf } from './block-key.js';

/** Maximum number of characters of a key that an error message shows: as many as the service allows for a key. */
const SHOWN = 1024;

/**
 * Thrown internally when a block (see `block.ts`) is corrupt or missing, so that the rows between two keys cannot be
 * read. {@link damageIn} converts it to the error that callers see, which names the table.
 */
export class DamagedBlock extends Error {
  /**
   * @param first - The first key of the damaged range.
   * @param next - The first key after the damaged range; `undefined` if it is unknown, or if there is none.
   */
  constructor(
    readonly first: string,
    readonly next: string | undefined,
    options?: ErrorOptions,
  ) {
    super('A block is damaged.', options);
  }
}

/**
 * Creates the `store.damaged` error that callers see. It names the table, and the keys between which rows cannot be
 * read.
 */
export function damageIn(
  path: string,
  { first, next, cause }: DamagedBlock,
  nameOf: (table: number) => string | undefined,
): EntitableError {
  const { table: number, ...from } = placeOf(first);
  const end = next === undefined ? undefined : placeOf(next);
  const to = end?.table === number ? { partitionKey: end.partitionKey, rowKey: end.rowKey } : undefined;
  const table = number === SYSTEM_TABLE ? undefined : nameOf(number);
  const where =
    number === SYSTEM_TABLE ? 'what it keeps of itself' : table === undefined ? 'a table' : `its table ${table}`;
  const until = to === undefined ? 'on' : `to ${shown(to.partitionKey)}, ${shown(to.rowKey)}`;
  const remedy =
    cause === undefined
      ? 'Put a backup in its place.'
      : 'They are damaged, or the disk failed to read them. Try again; where it stays so, put a backup in its place.';
  return new EntitableError(
    'store.damaged',
    `The store in ${path} is damaged: in ${where}, rows from ${shown(from.partitionKey)}, ${shown(from.rowKey)} ${until} cannot be read. ${remedy}`,
    { ...(table !== undefined && { table }), from, ...(to && { to }) },
    cause === undefined ? undefined : { cause },
  );
}

/**
 * Formats a key for an error message and truncates it, since a corrupt key may be too long, or become long when its
 * characters are escaped.
 */
function shown(key: string): string {
  const text = JSON.stringify(key.slice(0, SHOWN));
  return key.length > SHOWN || text.length > 2 * SHOWN ? `${text.slice(0, SHOWN)}…"` : text;
}
