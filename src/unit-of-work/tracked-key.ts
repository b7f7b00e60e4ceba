import { EntitableError } from '../errors/entitable-error.js';
import type { Address } from '../mapping/entity-address.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import { checkKeyUnchanged, ownState } from '../repository/entity-condition.js';
import type { TrackedRow } from './tracked-rows.js';

/** The address of a tracked entity's row. Throws `key.changed` when its key properties are another row's by now. */
export function addressOfTracked<T extends object>(
  mapper: EntityMapper<T>,
  { address, entity, held }: TrackedRow,
): Address {
  if (entity === undefined) return address;
  const composed = mapper.addressOf(entity);
  if (composed.partitionKey === address.partitionKey && composed.rowKey === address.rowKey) return address;
  const state = held.kind === 'insert' ? undefined : ownState(mapper, entity);
  if (state !== undefined) return checkKeyUnchanged(mapper, state, composed);
  const { className, members } = mapper.metadata;
  throw new EntitableError(
    'key.changed',
    `The key of this ${className} is not the one it had when this unit of work was given it. ` +
      'To write it under another key, delete() it from the unit first, then change its key and insert() it.',
    { className, properties: [...members.values()].filter(({ kind }) => kind === 'key').map(({ name }) => name) },
  );
}
