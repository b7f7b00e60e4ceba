import type { EntitableTypeError } from '../metadata/key-types.js';

/** Never exists at run time: it tells repositories from entities in types. */
export declare const repositoryBrand: unique symbol;

/** Any repository, whatever its entities. */
export interface AnyRepository {
  /** For the compiler only. */
  readonly [repositoryBrand]: true;
}

/** Any object but a repository. */
export interface NoRepository {
  /** For the compiler only. */
  readonly [repositoryBrand]?: EntitableTypeError<'a repository class extends Repository.of(Order), not Repository<Order>, and what its constructor takes is given behind it: repository(Orders, mailer)'>;
}
