import type { AccountPermission, TablePermission } from '../../store/service-administration.js';

/** The service's letters, in the order in which it wants them. */
const LETTERS: Readonly<Record<TablePermission, string>> = { read: 'r', add: 'a', update: 'u', delete: 'd' };

const NAMES = Object.keys(LETTERS) as readonly TablePermission[];

/** Permissions as the service writes them. */
export function lettersOf(permissions: readonly TablePermission[]): string {
  return NAMES.filter((name) => permissions.includes(name))
    .map((name) => LETTERS[name])
    .join('');
}

/** Permissions as the service wrote them. */
export function permissionsOf(letters: string): readonly TablePermission[] {
  return NAMES.filter((name) => letters.includes(LETTERS[name]));
}

/** Permissions as the SDK takes them, which calls reading a query. */
export function flagsOf(permissions: readonly AccountPermission[]): Readonly<Record<string, true>> {
  return Object.fromEntries(permissions.map((name) => [name === 'read' ? 'query' : name, true] as const));
}
