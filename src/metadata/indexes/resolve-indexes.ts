import { typeName } from '../../errors/type-name.js';
import type { EntityMetadata, IndexMetadata } from '../entity-metadata.js';
import { lineage } from '../lineage.js';
import type { MetadataProblems } from '../metadata-problems.js';
import { IndexCheck } from './check-index.js';
import { specOf, type Index, type IndexSpec } from './declaration.js';
import { resolveIndex } from './index-metadata.js';

/**
 * Resolves the indexes of a class: static properties of the class and its base classes, and those of its schema. If
 * there are problems in the class or its indexes, throws the error that lists all of them.
 */
export function resolveIndexes(
  of: EntityMetadata,
  declared: Readonly<Record<string, unknown>> | undefined,
  problems: MetadataProblems,
): readonly IndexMetadata[] {
  const check = new IndexCheck(of, problems);
  const found = ownAndInherited(of);
  for (const [name, value] of schemaEntries(declared, check)) {
    const spec = specOf(value);
    if (spec !== undefined) found.set(name, { index: value as Index, spec });
    else check.problem(`the index ${name} is no index but ${typeName(value)}: declare it by index({ on: […] })`);
  }
  check.checkCount(found.size);
  for (const [member, { index, spec }] of found) check.check(member, index, spec);
  problems.throwAny();
  return Object.freeze(
    Array.from(found, ([member, { index, spec }]) => resolveIndex(of, spec.name ?? member, { declared: index, spec })),
  );
}

interface Found {
  readonly index: Index;
  readonly spec: IndexSpec;
}

/**
 * Finds the static properties that are indexes, those of base classes first. A class that redeclares an inherited index
 * as a value other than an index does not have that index. Getters are not called.
 */
function ownAndInherited({ entityClass }: EntityMetadata): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const ancestor of lineage(entityClass)) {
    for (const key of Reflect.ownKeys(ancestor)) {
      const value: unknown = Object.getOwnPropertyDescriptor(ancestor, key)?.value;
      const spec = specOf(value);
      const member = String(key);
      if (spec === undefined) found.delete(member);
      else found.set(member, { index: value as Index, spec });
    }
  }
  return found;
}

function schemaEntries(declared: unknown, check: IndexCheck): readonly (readonly [string, unknown])[] {
  if (declared === undefined) return [];
  if (typeof declared === 'object' && declared !== null && !Array.isArray(declared)) return Object.entries(declared);
  check.problem(`the indexes of its schema must be an object of indexes by name, not ${typeName(declared)}`);
  return [];
}
