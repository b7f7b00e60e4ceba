import { EntitableError } from '../errors/entitable-error.js';
import type { EntityClass } from '../metadata/key-types.js';
import type { AnyRepository } from './repository-brand.js';
import { Repository, type RepositoryClass, type Session } from './repository.js';

/** Creates the repository of an entity class, or a custom one, in a session. Throws `metadata.*`. */
export function repositoryIn(
  session: Session,
  subject: EntityClass | RepositoryClass<AnyRepository, readonly unknown[]>,
  dependencies: readonly unknown[],
): AnyRepository {
  if (isRepositoryClass(subject)) return new subject(session, ...dependencies);
  if (typeof subject === 'function' && subject.prototype instanceof Repository) throw ofNoEntity(subject.name);
  return new Repository(session, subject);
}

function isRepositoryClass(subject: unknown): subject is RepositoryClass<AnyRepository, readonly unknown[]> {
  // Checked by its members and not with `instanceof`, because the class may extend the `Repository` of another copy of
  // this package.
  return typeof subject === 'function' && 'entityClass' in subject && 'getOrThrow' in (subject.prototype as object);
}

function ofNoEntity(name: string): EntitableError {
  const className = name || 'A repository class without a name';
  return new EntitableError(
    'metadata.not-an-entity',
    `${className} is a repository that does not say of which entities. Extend what Repository.of gives: class ${name || 'Orders'} extends Repository.of(Order).`,
    { className },
  );
}
