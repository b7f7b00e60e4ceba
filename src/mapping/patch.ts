import { EntitableError } from '../errors/entitable-error.js';
import { memberFailed } from '../errors/member-failed.js';
import type { EntityMetadata, Member } from '../metadata/entity-metadata.js';
import { partText } from '../metadata/key-template.js';
import { requireObject } from './entity-address.js';
import { isWritable, missingProperties, notStored, readOnly } from './entity-check.js';
import { isAbsent, ownMember, putMember } from './member-access.js';
import { stamp, stateOf } from './stamp.js';

/** The values in a patch by name, without those that are `undefined`. */
export type AssignedValues = Readonly<Record<string, unknown>>;

/**
 * Returns the own members of a patch without those that are `undefined`, which are treated as missing: classes with
 * fields create them for everything a client did not send. Throws `entity.getter-failed`.
 */
export function assignedBy(className: string, patch: object): AssignedValues {
  try {
    const own = { ...patch }; // the fastest way to copy; most patches contain no undefined
    if (!Object.values(own).includes(undefined)) return own;
    return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  } catch (error) {
    throw memberFailed(className, undefined, error);
  }
}

/**
 * Applies a patch to an entity. A property that the patch sets to `null` becomes absent: it is set to `undefined` in an
 * entity whose whole row is known, and to `null` where `undefined` would count as unassigned.
 */
export function applyPatch(entity: object, assigned: AssignedValues): void {
  const state = stateOf(entity);
  const absent = (name: string): undefined | null =>
    state?.kind === 'stored' && !state.unassigned?.has(name) ? undefined : null;
  for (const [name, value] of Object.entries(assigned)) putMember(entity, name, value ?? absent(name));
  // Properties named in the patch count as assigned from now on, even if the value is the one that the entity already
  // had.
  if (state === undefined || state.kind === 'deleted' || state.unassigned === undefined) return;
  const unassigned = new Map([...state.unassigned].filter(([name]) => isAbsent(assigned[name])));
  if (unassigned.size < state.unassigned.size) stamp(entity, { ...state, unassigned });
}

/**
 * Applies a patch to an entity, as `repository.assign` does: entirely, or not at all if any part is rejected. The patch
 * may contain the entity's own key. Throws `key.changed`, `validation.unknown-property`, `validation.missing-property`,
 * `entity.read-only`.
 */
export function assignPatch<T extends object>(metadata: EntityMetadata<T>, entity: T, patch: object): T {
  const { className, members } = metadata;
  const names = (): readonly string[] => [...members.keys()].slice(0, 3);
  requireObject(className, 'An entity', entity, names);
  requireObject(className, 'A patch', patch, names);
  const others = Object.entries(assignedBy(className, patch)).filter(([name, value]) => {
    const member = members.get(name);
    return member?.kind !== 'key' || !isOwnKey(className, member, entity, value);
  });
  for (const [name, value] of others) {
    const member = members.get(name);
    if (member?.kind !== 'property' && member?.kind !== 'key') {
      const remedy =
        member?.kind === 'etag' ? 'Leave it out, and set it on the entity where the client states it' : undefined;
      throw notStored(metadata, `A patch of ${className} names`, name, member?.kind, remedy);
    }
    if (value === null && member.kind === 'property' && member.property.required) {
      throw missingProperties(className, [name], 'A patch');
    }
    if (!isWritable(className, entity, name)) throw readOnly(className, name);
  }
  applyPatch(entity, Object.fromEntries(others));
  return entity;
}

/** Returns whether an entity already has this key part. Throws `key.changed` if it has a different value. */
function isOwnKey(
  className: string,
  { name, template, index }: Extract<Member, { readonly kind: 'key' }>,
  entity: object,
  value: unknown,
): boolean {
  const text = partText(template, index, value);
  const own = ownMember(entity, name);
  if (own === undefined || own === null) return false;
  if (partText(template, index, own) === text) return true;
  throw new EntitableError(
    'key.changed',
    `The patch has another ${name} than this ${className}, and the key of a row never changes. Leave it out, or assign the patch to the ` +
      'entity that it is of; to move an entity, insert a copy that has the new key and delete the old one by its key.',
    { className, properties: [name] },
  );
}
