import { composeKey, parseKey, type KeyTemplate } from '../metadata/key-template.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import { PARTITION_KEY, ROW_KEY, type RowReader } from '../store/row.js';
import type { Address } from './entity-address.js';

/** The stored keys of a row. */
export function addressOfRow(row: RowReader): Address {
  return { partitionKey: row.string(PARTITION_KEY), rowKey: row.string(ROW_KEY) };
}

/**
 * The address of an entity that was read from a row: each stored key, where the entity's key properties still stand for it.
 *
 * A stored key may be finer than the property that was read from it, such as the 100 ns in a key that a .NET program wrote: composed
 * anew it would be another row's.
 */
export function refinedAddress({ partitionKey, rowKey }: EntityMetadata, composed: Address, stored: Address): Address {
  return {
    partitionKey: refined(partitionKey, composed.partitionKey, stored.partitionKey),
    rowKey: refined(rowKey, composed.rowKey, stored.rowKey),
  };
}

function refined(template: KeyTemplate, composed: string, stored: string): string {
  if (stored === composed) return stored;
  const values = parseKey(template, stored);
  const again = composeKey(
    template,
    Object.fromEntries(template.parts.map(({ name }, index) => [name, values[index]])),
  );
  return again === composed ? stored : composed;
}
