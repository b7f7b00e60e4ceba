import type {
  FactoryProvider,
  ForwardReference,
  InjectionToken,
  OptionalFactoryDependency,
  Provider,
} from '@nestjs/common';
import { invalidValue, isList } from '../../options/check-option.js';
import type { AnyRepository, DataSource, EntityClass, RepositoryClass } from '../../index.js';
import { dataSourceToken, repositoryToken } from './tokens.js';

type CustomRepository = RepositoryClass<AnyRepository, readonly unknown[]>;
type Dependency = InjectionToken | OptionalFactoryDependency;

/** A dependency that `@Inject` declares for a constructor parameter. */
interface DeclaredDependency {
  readonly index: number;
  readonly param: InjectionToken | ForwardReference<() => InjectionToken>;
}

/**
 * Creates the providers of repositories for the `providers` of a module. Use it in place of
 * `EntitableModule.forFeature` if a custom repository depends on other providers of that module. A custom repository of
 * the unnamed connection is also provided under its own class.
 *
 * A custom repository that has dependencies must be decorated with `@Injectable()`. Its first parameter is the session,
 * which is not injected.
 *
 * @example
 * ```ts
 * @Module({ providers: [Mailer, ...repositoryProviders([Orders])] })
 * ```
 */
export function repositoryProviders(classes: readonly EntityClass[], connection?: string): Provider[] {
  if (!isList(classes)) throw invalidValue('repositories', 'an array of classes', classes);
  return classes.flatMap((target) => providersOf(target, connection));
}

function providersOf(target: EntityClass, connection: string | undefined): Provider[] {
  const provide = repositoryToken(target, connection);
  const source = dataSourceToken(connection);
  if (!isRepositoryClass(target)) {
    return [{ provide, inject: [source], useFactory: (tables: DataSource) => tables.repository(target) }];
  }
  const repository: FactoryProvider = {
    provide,
    inject: [source, ...dependenciesOf(target)],
    useFactory: (tables: DataSource, ...dependencies: readonly unknown[]) => tables.repository(target, ...dependencies),
  };
  return connection === undefined ? [repository, { provide: target, useExisting: provide }] : [repository];
}

function isRepositoryClass(target: EntityClass | CustomRepository): target is CustomRepository {
  return 'entityClass' in target && 'getOrThrow' in (target.prototype as object);
}

/**
 * Returns the dependencies that Nest would inject into the constructor, without the session, which is the first
 * parameter.
 */
function dependenciesOf(target: CustomRepository): readonly Dependency[] {
  const told = metadata<readonly InjectionToken[]>('design:paramtypes', target) ?? [];
  const declared = metadata<readonly DeclaredDependency[]>('self:paramtypes', target);
  const optional = metadata<readonly number[]>('optional:paramtypes', target) ?? [];
  const tokens = [...told];
  for (const { index, param } of declared ?? []) tokens[index] = tokenOf(param);
  return tokens.map((token, index) => (optional.includes(index) ? { token, optional: true } : token)).slice(1);
}

/**
 * Returns the token that `@Inject` declares. Resolves a forward reference itself: if a factory injects one, Nest does
 * not wait for the provider but passes `null`.
 */
function tokenOf(param: DeclaredDependency['param']): InjectionToken {
  return typeof param === 'object' && 'forwardRef' in param ? param.forwardRef() : param;
}

function metadata<V>(key: string, target: object): V | undefined {
  return Reflect.getMetadata(key, target) as V | undefined;
}
