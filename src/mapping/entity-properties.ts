import type { EntitableError } from '../errors/entitable-error.js';
import { memberFailed } from '../errors/member-failed.js';
import type { EntityMetadata, Member, PropertyMetadata } from '../metadata/entity-metadata.js';
import type { ServiceLimits } from '../store/limits.js';
import type { RowReader, RowWriter } from '../store/row.js';
import { requireObject } from './entity-address.js';
import { missingProperties, notStored, readOnly } from './entity-check.js';
import { getMember, isAbsent, putMember } from './member-access.js';
import { assignedBy, type AssignedValues } from './patch.js';
import { storedValueOf, pushProperty, type PropertyValue } from './property-check.js';
import { differs, isAbsentDefault } from './property-difference.js';
import { absentValue, propertyReader } from './property-reader.js';
import { stateOf, type StoredState } from './stamp.js';
import { detached, isStillUnassigned, snapshot, type Unassigned } from './unassigned.js';

/** The changes between a row and an entity. */
export interface Difference {
  readonly changed: readonly PropertyValue[];
  /** The stored names of properties that the row has and the entity no longer has. */
  readonly removed: readonly string[];
  /**
   * Properties that the row lacks and that have their default in the entity, whether set by reading or by the
   * application.
   */
  readonly defaults?: readonly PropertyValue[];
  /** The properties that are still unassigned. */
  readonly unassigned?: Unassigned | undefined;
}

/** The properties that a patch sets and removes, with the patch itself. */
export interface PatchDifference extends Difference {
  readonly assigned: AssignedValues;
}

/** The parts of an entity's state, besides its row, that are needed to compute its changes. */
export type Context = Pick<StoredState, 'unassigned' | 'computed'>;

/** Reads, compares and writes the stored properties of one class in its entities and patches. */
export class EntityProperties {
  readonly #metadata: EntityMetadata;
  /**
   * The stored properties, by slot. Unlike the metadata this list is not frozen: V8 iterates a frozen list several
   * times more slowly.
   */
  readonly #steps: readonly PropertyStep[];
  readonly #defaulted: readonly PropertyStep[];
  readonly #required: readonly PropertyStep[];

  constructor(metadata: EntityMetadata, limits: ServiceLimits) {
    const { className, properties } = metadata;
    this.#metadata = metadata;
    this.#steps = properties.map((property) => ({
      className,
      property,
      store: storedValueOf(className, property, limits),
      isInherited: property.name in Object.prototype,
    }));
    this.#defaulted = this.#steps.filter(({ property }) => property.default !== undefined);
    this.#required = this.#steps.filter(({ property }) => property.required);
  }

  /**
   * Writes all properties of an entity except those in `left`. Converts and checks each value, adds it to `written` if
   * that is given, and returns the number of properties written. Throws `validation.*`.
   */
  write(
    writer: RowWriter,
    entity: object,
    before: RowReader | undefined,
    left: Unassigned | undefined,
    written: PropertyValue[] | undefined,
  ): number {
    let count = 0;
    for (const step of this.#steps) {
      const value = valueOf(entity, step);
      if (isAbsent(value) || left?.has(step.property.name)) continue;
      const stored = step.store(value);
      pushProperty(writer, step.property, stored, before);
      written?.push({ property: step.property, stored: detached(stored) });
      count++;
    }
    return count;
  }

  /**
   * Returns the properties that a patch sets, and those that it removes with `null`. Throws `validation.*`, also for a
   * name that is not a stored property.
   */
  patchOf(patch: object): PatchDifference {
    const { className, members, properties } = this.#metadata;
    requireObject(className, 'A patch', patch, () => properties.slice(0, 3).map(({ name }) => name));
    const changed: PropertyValue[] = [];
    const removed: string[] = [];
    const assigned = assignedBy(className, patch);
    for (const name of Object.keys(assigned)) {
      const value = assigned[name];
      const member = members.get(name);
      if (member?.kind !== 'property') throw notPatchable(this.#metadata, name, member?.kind);
      if (value === null && member.property.required) throw missingProperties(className, [name], 'A patch');
      if (value === null) removed.push(member.property.storedName);
      else
        changed.push({ property: member.property, stored: detached(this.#steps[member.property.slot]!.store(value)) });
    }
    return { changed, removed, assigned };
  }

  /** Returns the unassigned properties of an entity that still have their default. */
  unassignedDefaults(entity: object, unassigned: Unassigned): Unassigned | undefined {
    const { className } = this.#metadata;
    const left = this.#defaulted
      .filter((step) => {
        const value = valueOf(entity, step);
        return !isAbsent(value) && isStillUnassigned(className, step.property, value, unassigned);
      })
      .map(({ property: { name } }): [string, unknown] => [name, unassigned.get(name)]);
    return left.length > 0 ? new Map(left) : undefined;
  }

  /**
   * Returns the unassigned properties of a detached object (one that was not loaded): those without a value, and those
   * whose value the class set itself.
   */
  unassignedBy(entity: object): Unassigned | undefined {
    const { className } = this.#metadata;
    const state = stateOf(entity);
    const made = state?.kind === 'made' ? state.unassigned : undefined;
    const unassigned = new Map<string, unknown>();
    for (const step of this.#steps) {
      const { property } = step;
      const value = valueOf(entity, step);
      if (property.copiesKey || value === null) continue;
      if (value === undefined) unassigned.set(property.name, undefined);
      else if (isStillUnassigned(className, property, value, made))
        unassigned.set(property.name, made!.get(property.name));
    }
    return unassigned.size > 0 ? unassigned : undefined;
  }

  /**
   * Completes a detached object (one that was not loaded) from its row: unassigned properties get the row's values.
   * Returns those that remain unassigned: the ones that cannot be read or set, and the ones that the row lacks and that
   * have a default.
   */
  adopt(entity: object, row: RowReader, unassigned: Unassigned): Unassigned | undefined {
    const { className } = this.#metadata;
    const left = new Map<string, unknown>();
    for (const step of this.#steps) {
      const { property } = step;
      const { name, slot } = property;
      const value = valueOf(entity, step);
      if (!isStillUnassigned(className, property, value, unassigned)) continue;
      const stands = row.typeOf(slot) !== undefined;
      if (!stands && property.default === undefined && value === undefined) continue;
      if ((!stands && property.default !== undefined) || !this.#take(entity, property, value, row)) {
        left.set(name, unassigned.get(name));
      }
    }
    return left.size > 0 ? left : undefined;
  }

  /** Sets a property to the value in the row. Returns whether it could be read and set. */
  #take(entity: object, property: PropertyMetadata, value: unknown, row: RowReader): boolean {
    const { className } = this.#metadata;
    const stored = snapshot(property, value);
    try {
      if (stored !== undefined && !differs(className, property, { value, stored }, row)) return true;
      return putMember(entity, property.name, propertyReader(className, property)(row));
    } catch {
      return false; // The class cannot read the stored value. No error, because the caller did not ask for it.
    }
  }

  /** Returns the same unassigned properties, but with the stored forms of the values that the entity has now. */
  stillUnassigned(entity: object, unassigned: Unassigned): Unassigned {
    const steps = this.#steps.filter(({ property }) => unassigned.has(property.name));
    return new Map(steps.map((step) => [step.property.name, snapshot(step.property, valueOf(entity, step))]));
  }

  /** Returns the differences between an entity and its row. Throws `validation.*` for values that cannot be stored. */
  differenceOf(entity: object, before: RowReader, { unassigned, computed }: Context): Difference {
    const { className } = this.#metadata;
    const changed: PropertyValue[] = [];
    const removed: string[] = [];
    const defaults: PropertyValue[] = [];
    const still = unassigned && new Map<string, unknown>();
    for (const step of this.#steps) {
      const { property, store } = step;
      if (property.copiesKey) continue; // the key has not changed: a changed key is rejected earlier
      const value = valueOf(entity, step);
      if (still !== undefined && isStillUnassigned(className, property, value, unassigned)) {
        still.set(property.name, unassigned!.get(property.name));
        continue;
      }
      const stands = before.typeOf(property.slot) !== undefined;
      if (isAbsent(value)) {
        // A converter may read a stored value as absent. Such a property was not removed by the application.
        if (stands && !isAbsent(propertyReader(className, property)(before))) removed.push(property.storedName);
        continue;
      }
      const stored = store(value);
      const isChanged = stands
        ? differs(className, property, { value, stored }, before)
        : !isAbsentDefault(className, property, { value, stored }, store, computed);
      if (isChanged) changed.push({ property, stored: detached(stored) });
      else if (!stands) defaults.push({ property, stored });
    }
    return { changed, removed, defaults, unassigned: still };
  }

  /**
   * Sets the defaults of properties without a value on an entity that is about to be written as a whole. Throws
   * `entity.read-only`.
   */
  setDefaults(entity: object): void {
    for (const step of this.#defaulted) {
      const { property } = step;
      if (!isAbsent(valueOf(entity, step)) || putMember(entity, property.name, absentValue(property)())) continue;
      throw readOnly(this.#metadata.className, property.name, ': it receives its default. Give it a value');
    }
  }

  /** Rejects an entity that lacks a required property. Throws `validation.missing-property`. */
  checkRequired(entity: object, unassigned?: Unassigned): void {
    if (this.#required.length === 0) return;
    const { className } = this.#metadata;
    const missing = this.#required
      .filter(
        (step) =>
          isAbsent(valueOf(entity, step)) &&
          !isStillUnassigned(className, step.property, valueOf(entity, step), unassigned),
      )
      .map(({ property }) => property.name);
    if (missing.length > 0) throw missingProperties(className, missing);
  }
}

/** One property with the functions that write it. */
interface PropertyStep {
  readonly className: string;
  readonly property: PropertyMetadata;
  /** Converts and checks a value. */
  readonly store: (value: unknown) => unknown;
  /** True if the property has a name that every object inherits, such as `constructor`. */
  readonly isInherited: boolean;
}

/** Returns the value of a member. A member that every object inherits, such as `constructor`, counts as missing. */
function valueOf(entity: object, { className, property: { name, slot }, isInherited }: PropertyStep): unknown {
  try {
    return isInherited && !Object.hasOwn(entity, name)
      ? undefined
      : getMember(entity as Record<string, unknown>, slot, name);
  } catch (error) {
    throw memberFailed(className, name, error);
  }
}

function notPatchable(metadata: EntityMetadata, name: string, kind: Member['kind'] | undefined): EntitableError {
  const remedy = kind === 'etag' ? 'Leave it out, and pass { etag } as an option' : undefined;
  return notStored(metadata, `A patch of ${metadata.className} names`, name, kind, remedy);
}
