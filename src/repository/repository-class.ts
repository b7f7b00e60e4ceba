import type { EntityClass } from '../metadata/entity-types.js';
import { Repository, type AnyRepository } from './repository.js';
import type { Session } from './session.js';

/** A class that extends `Repository.of(…)`; its constructor takes the session, then its dependencies. */
export type RepositoryClass<R, A extends readonly unknown[]> = (new (session: Session, ...dependencies: A) => R) & {
  readonly entityClass: EntityClass;
};

/** Makes the repository of an entity class, or a custom one, in a session. Throws `metadata.*`. */
export function repositoryIn(
  session: Session,
  subject: EntityClass | RepositoryClass<AnyRepository, readonly unknown[]>,
  dependencies: readonly unknown[],
): AnyRepository {
  return isRepositoryClass(subject) ? new subject(session, ...dependencies) : new Repository(session, subject);
}

function isRepositoryClass(subject: unknown): subject is RepositoryClass<AnyRepository, readonly unknown[]> {
  // By what it has, not by instanceof: it may come from another copy of this package.
  return typeof subject === 'function' && 'entityClass' in subject && 'getOrThrow' in (subject.prototype as object);
}
