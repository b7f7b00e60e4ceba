/**
 * Changes of unique values in one commit: the row, its value before and its value after. Each exchange must succeed in
 * every order of its changes.
 */
export const EXCHANGES: Readonly<
  Record<string, readonly (readonly [row: string, before: string | undefined, after: string | undefined])[]>
> = {
  'a swap': [
    ['a', '1', '2'],
    ['b', '2', '1'],
  ],
  'a chain': [
    ['a', '1', '2'],
    ['b', '2', '3'],
    ['c', '3', '4'],
  ],
  'a cycle of three': [
    ['a', '1', '2'],
    ['b', '2', '3'],
    ['c', '3', '1'],
  ],
  'a value that a deleted row leaves to a new one': [
    ['a', '1', undefined],
    ['b', undefined, '1'],
  ],
};
