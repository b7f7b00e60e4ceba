import './symbol-metadata.js';
import { recordEntity, recordProperty } from '../src/metadata/define-entity.js';
import type { EntityClass } from '../src/metadata/entity-types.js';
import {
  recordOf,
  standardProperties,
  type EntityDefinition,
  type PropertyDefinition,
} from '../src/metadata/registry.js';

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

/** Records what one decorator says about the property it stands on. */
export function propertyDecorator<V>(definition: Omit<PropertyDefinition, 'name'>): PropertyDecoratorOf<V> {
  return (target, property) => {
    if (typeof property === 'object') {
      standardProperties(property.metadata).push(Object.freeze({ ...definition, name: String(property.name) }));
    } else {
      const { constructor } = target as unknown as { readonly constructor: EntityClass };
      recordProperty(constructor, Object.freeze({ ...definition, name: property }));
    }
  };
}

/** Records what `@Entity` says; under standard decorators also where the class's properties are. */
export function recordClass(
  target: EntityClass,
  context: { readonly metadata?: object } | undefined,
  entity: EntityDefinition,
): void {
  recordEntity(target, entity);
  recordOf(target).standard = context?.metadata;
}
