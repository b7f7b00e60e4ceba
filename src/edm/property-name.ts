const PATTERN = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*$/u;
const SYSTEM = new Set(['PartitionKey', 'RowKey', 'Timestamp']);

/** The longest name the service takes, in UTF-16 units. */
export const PROPERTY_NAME_UNITS = 255;

/** Whether a stored name is one of those that every row has. */
export function isSystemName(name: string): boolean {
  return SYSTEM.has(name);
}

/** What is wrong with the name of a stored property, or `undefined`: the service takes C# identifiers of up to 255 UTF-16 units. */
export function propertyNameProblem(name: string): string | undefined {
  if (name.length > PROPERTY_NAME_UNITS)
    return `a stored name has at most ${PROPERTY_NAME_UNITS} UTF-16 units, not ${name.length}`;
  return PATTERN.test(name) ? undefined : 'a stored name is letters, digits and _, and does not begin with a digit';
}
