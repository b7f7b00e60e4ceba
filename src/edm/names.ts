const PROPERTY_NAME = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*$/u;
const SYSTEM = new Set(['PartitionKey', 'RowKey', 'Timestamp']);

/** The longest property name that the service accepts, in UTF-16 units. */
const PROPERTY_NAME_UNITS = 255;

/** Returns whether a stored name is that of a property that every row has: `PartitionKey`, `RowKey` or `Timestamp`. */
export function isSystemName(name: string): boolean {
  return SYSTEM.has(name);
}

/**
 * Describes what is wrong with the name of a stored property; `undefined` if it is valid. The service accepts C#
 * identifiers of up to 255 UTF-16 units.
 */
export function propertyNameProblem(name: string): string | undefined {
  if (name.length > PROPERTY_NAME_UNITS)
    return `a stored name has at most ${PROPERTY_NAME_UNITS} UTF-16 units, not ${name.length}`;
  return PROPERTY_NAME.test(name)
    ? undefined
    : 'a stored name is letters, digits and _, and does not begin with a digit';
}

/** The characters that the service forbids in partition and row keys: / \ # ? and control characters. */
// eslint-disable-next-line no-control-regex -- control characters are among them
export const FORBIDDEN_IN_KEYS = /[/\\#?\u0000-\u001f\u007f-\u009f]/;

const TABLE_NAME = /^[A-Za-z][A-Za-z0-9]{2,62}$/;

/**
 * Describes what is wrong with a table name; `undefined` if it is valid. The service accepts 3 to 63 letters and
 * digits, starting with a letter, but not `tables`.
 */
export function tableNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return `a table name is a string, not ${name === null ? 'null' : typeof name}`;
  if (!TABLE_NAME.test(name))
    return 'a table name is 3 to 63 letters and digits (a-z, A-Z, 0-9), the first one a letter';
  return name.toLowerCase() === 'tables' ? 'the service keeps the table name "tables" to itself' : undefined;
}
