import './symbol-metadata.js';
import { recordEntity } from '../src/metadata/define-entity.js';
import type { EntityClass } from '../src/metadata/entity-types.js';
import { recordOf, type EntityDefinition, type PropertyDefinition } from '../src/metadata/registry.js';

/**
 * Decorates a property whose type is a `V`, under either decorator standard.
 *
 * The property must be public, and its type is checked: `@Property({ type: 'Int64' })` on a `number` does not compile.
 */
export type PropertyDecoratorOf<V> = <
  K extends string,
  T extends { readonly [P in K]?: V | null | undefined } | undefined,
>(
  // The prototype under "experimentalDecorators", `undefined` under standard decorators.
  target: T,
  property: K | ClassFieldDecoratorContext<never, V | null | undefined>,
) => void;

const PENDING = Symbol.for('entitable/properties');

/** Records what one decorator says about the property it stands on. */
export function propertyDecorator<V>(definition: Omit<PropertyDefinition, 'name'>): PropertyDecoratorOf<V> {
  return (target, property) => {
    if (typeof property === 'object') {
      pending(property.metadata).push(Object.freeze({ ...definition, name: String(property.name) }));
    } else {
      const prototype = target as unknown as { readonly constructor: object };
      recordOf(prototype.constructor).properties.push(Object.freeze({ ...definition, name: property }));
    }
  };
}

/** Records what `@Entity` says, and under standard decorators what the properties said before it. */
export function recordClass(
  target: EntityClass,
  context: { readonly metadata?: object } | undefined,
  entity: EntityDefinition,
): void {
  recordEntity(target, entity);
  recordOf(target).properties.push(...inherited(context?.metadata));
}

function pending(metadata: object): PropertyDefinition[] {
  const own = metadata as { [PENDING]?: PropertyDefinition[] };
  if (!Object.hasOwn(own, PENDING)) {
    own[PENDING] = [];
  }
  return own[PENDING]!;
}

/** Base class first: a base class need not be an entity, so this is the only way to its properties. What is declared anew wins. */
function inherited(metadata: object | null | undefined): readonly PropertyDefinition[] {
  if (metadata === null || metadata === undefined) return [];
  const own = Object.hasOwn(metadata, PENDING) ? pending(metadata) : [];
  const anew = new Set(own.map(({ name }) => name));
  const base = inherited(Object.getPrototypeOf(metadata) as object | null);
  return [...base.filter(({ name }) => !anew.has(name)), ...own];
}
