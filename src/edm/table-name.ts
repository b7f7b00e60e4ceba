const PATTERN = /^[A-Za-z][A-Za-z0-9]{2,62}$/;

/** What is wrong with a table name, or `undefined`: 3 to 63 letters and digits, a letter first, not `tables`. */
export function tableNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return `a table name is a string, not ${name === null ? 'null' : typeof name}`;
  if (!PATTERN.test(name)) return 'a table name is 3 to 63 letters and digits (a-z, A-Z, 0-9), the first one a letter';
  return name.toLowerCase() === 'tables' ? 'the service keeps the table name "tables" to itself' : undefined;
}
