import type { EntitableTypeError } from '../metadata/key-types.js';

/** A symbol that does not exist at run time. It distinguishes repositories from entities in types. */
export declare const repositoryBrand: unique symbol;

/** Any repository, whatever its entities. */
export interface AnyRepository {
  /** Exists for the compiler only. */
  readonly [repositoryBrand]: true;
}

/** Any object that is not a repository. */
export interface NoRepository {
  /** Exists for the compiler only. */
  readonly [repositoryBrand]?: EntitableTypeError<'a repository class extends Repository.of(Order), not Repository<Order>, and what its constructor takes is given behind it: repository(Orders, mailer)'>;
}
