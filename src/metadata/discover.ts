import { tableNameProblem } from '../edm/names.js';
import { typeName } from '../errors/type-name.js';
import { atOnce } from '../options/check-option.js';
import { EntitableError } from '../errors/entitable-error.js';
import type { EntityMetadata, Member, PropertyMetadata } from './entity-metadata.js';
import type { EntityClass } from './key-types.js';
import { frozenMap } from './frozen.js';
import { parseTemplate, plainTemplate, type KeyPartMetadata, type KeyTemplate } from './key-template.js';
import { resolveIndexes } from './indexes/resolve-indexes.js';
import { lineage } from './lineage.js';
import { MetadataProblems } from './metadata-problems.js';
import {
  propertiesOf,
  type CreateEntity,
  type EntityDefinition,
  type PropertyDefinition,
  type PropertyRole,
} from './registry.js';
import { resolveProperties } from './resolve-properties.js';

/** Resolves the definitions of a class and its base classes into metadata. Throws one error that lists all mistakes. */
export function discover<T extends object>(entityClass: EntityClass<T>, entity: EntityDefinition): EntityMetadata<T> {
  const problems = new MetadataProblems(entityClass.name || 'An entity class');
  const definitions = ownAndInherited(entityClass, problems);

  const tableProblem = tableNameProblem(entity.table);
  if (tableProblem !== undefined) problems.add('metadata.invalid-table', `table: ${tableProblem}`);

  const partitionKey = resolveKey('PartitionKey', 'partition', entity.partitionKey);
  const rowKey = resolveKey('RowKey', 'row', entity.rowKey);
  const takesValues = entity.create !== undefined;
  const properties = resolveProperties(entityClass, definitions, problems, { takesValues });
  const etag = single('etag', '@ETag');
  const timestamp = single('timestamp', '@Timestamp');

  const metadata: EntityMetadata<T> = {
    entityClass,
    className: entityClass.name,
    table: entity.table,
    partitionKey,
    rowKey,
    properties,
    members: members(definitions, { partitionKey, rowKey, properties }),
    etag,
    timestamp,
    schema: entity.schema,
    indexes: [],
    takesValues,
    create: creator(entityClass, entity),
  };
  const indexes = resolveIndexes(metadata, entity.indexes, problems);
  return Object.freeze({ ...metadata, indexes });

  function resolveKey(key: KeyTemplate['key'], role: PropertyRole, template: string | undefined): KeyTemplate {
    const head = { key, className: problems.className };
    const decorator = role === 'partition' ? '@PartitionKey' : '@RowKey';
    const option = role === 'partition' ? 'partitionKey' : 'rowKey';
    const parts = new Map<string, KeyPartMetadata>();
    for (const { name, converter } of definitions.filter((definition) => definition.role === role)) {
      if (converter !== undefined && converter.type !== 'String') {
        problems.add('metadata.invalid-property', `its converter gives ${converter.type}; a key is a String`, name);
      }
      parts.set(name, Object.freeze({ name, converter }));
    }
    if (template !== undefined) {
      return parseTemplate(head, template, parts, (problem) => problems.add('metadata.invalid-template', problem));
    }
    const [only, ...others] = parts.values();
    if (only === undefined) {
      problems.add('metadata.missing-key', `it has no ${decorator} property, and @Entity no ${option} template`);
    } else if (others.length > 0) {
      const all = [...parts.keys()].map((name) => `{${name}}`).join('|');
      problems.add(
        'metadata.invalid-template',
        `several ${decorator} properties need a template: @Entity({ ${option}: '${all}' })`,
      );
    }
    return plainTemplate(head, only ?? { name: '' });
  }

  function single(role: PropertyRole, decorator: string): string | undefined {
    const [only, ...others] = definitions.filter((definition) => definition.role === role);
    for (const { name } of others)
      problems.add('metadata.invalid-property', `a second ${decorator}: an entity has one`, name);
    return only?.name;
  }
}

/** Collects the definitions of base classes first, so that a class can redeclare a property of its base. */
function ownAndInherited(entityClass: EntityClass, problems: MetadataProblems): readonly PropertyDefinition[] {
  const definitions = new Map<string, PropertyDefinition>();
  for (const ancestor of lineage(entityClass)) {
    const own = new Set<string>();
    for (const definition of propertiesOf(ancestor)) {
      const { name } = definition;
      if (own.has(name)) {
        const remedy = "A key part that is stored as a property as well is one decorator: @RowKey({ name: 'at' })";
        problems.add('metadata.invalid-property', `it has two decorators of this package. ${remedy}`, name);
      }
      own.add(name);
      definitions.set(name, definition);
    }
  }
  return [...definitions.values()];
}

function members(
  definitions: readonly PropertyDefinition[],
  { partitionKey, rowKey, properties }: Pick<EntityMetadata, 'partitionKey' | 'rowKey' | 'properties'>,
): ReadonlyMap<string, Member> {
  const byName = new Map(properties.map((property) => [property.name, property]));
  return frozenMap(definitions.map((definition) => [definition.name, Object.freeze(member(definition))]));

  function member({ name, role }: PropertyDefinition): Member {
    const property = byName.get(name);
    switch (role) {
      case 'etag':
      case 'timestamp':
        return { kind: role, name };
      case 'property':
        return { kind: 'property', name, property: property as PropertyMetadata };
      default: {
        const template = role === 'partition' ? partitionKey : rowKey;
        return {
          kind: 'key',
          name,
          template,
          index: template.parts.findIndex((part) => part.name === name),
          copy: property,
        };
      }
    }
  }
}

/**
 * Returns the function that creates entities of a class: by its own `create`, otherwise by its constructor without
 * arguments. If a constructor that takes arguments throws without them, it is not called again; entities then get the
 * prototype of the class, without the fields that the constructor would have set.
 */
function creator<T extends object>(
  entityClass: EntityClass<T>,
  { create }: EntityDefinition,
): EntityMetadata<T>['create'] {
  const concrete = entityClass as unknown as new () => T;
  const construct = (): T => new concrete();
  const bare = (): T => Object.create(concrete.prototype as object) as T;
  const own: CreateEntity | undefined = create && ((values) => atOnce(create(values), 'create'));
  let make: CreateEntity = own ?? (concrete.length === 0 ? construct : tryToConstruct);

  return (values) => {
    let made: object;
    try {
      made = make(values);
    } catch (error) {
      throw notMade(entityClass.name, 'its constructor, or create, threw (what it threw is in details.error)', {
        error,
      });
    }
    if (typeof made === 'object' && made !== null) return made as T;
    throw notMade(entityClass.name, `create gave ${typeName(made)}`);
  };

  function tryToConstruct(): T {
    try {
      const entity = construct();
      make = construct;
      return entity;
    } catch {
      make = bare;
      return bare();
    }
  }
}

function notMade(className: string, why: string, thrown?: { readonly error: unknown }): EntitableError {
  return new EntitableError(
    'metadata.not-constructible',
    `No ${className} can be made: ${why}. Correct the values, or give @Entity({ create: (values) => … }), which makes one of them.`,
    { className, ...thrown },
  );
}
