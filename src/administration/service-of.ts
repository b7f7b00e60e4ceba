import { EntitableError } from '../errors/entitable-error.js';
import type { ServiceAdministration } from '../store/service-administration.js';
import type { TableStore } from '../store/table-store.js';

/** What a store has besides tables and rows. Throws `store.not-supported` where it has nothing. */
export function serviceOf({ service, traits: { kind } }: TableStore, feature: string): ServiceAdministration {
  if (service !== undefined) return service;
  throw new EntitableError(
    'store.not-supported',
    `A store of kind "${kind}" has no ${feature}: only the Table service of Azure Storage has. Open the data source there, or look at traits.kind first.`,
    { kind, feature },
  );
}
