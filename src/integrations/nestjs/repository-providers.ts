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

/** What `@Inject` says about a parameter. */
interface SaidDependency {
  readonly index: number;
  readonly param: InjectionToken | ForwardReference<() => InjectionToken>;
}

/**
 * The providers of repositories, for the `providers` of a module: use it instead of `EntitableModule.forFeature` where a custom
 * repository depends on other providers of that module. A custom repository of the connection without a name is provided by its own class too.
 *
 * A custom repository that has dependencies is decorated with `@Injectable()`; its first parameter is the session, which is not injected.
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

/** What Nest would inject into the constructor, but for the session in front. */
function dependenciesOf(target: CustomRepository): readonly Dependency[] {
  const told = metadata<readonly InjectionToken[]>('design:paramtypes', target) ?? [];
  const said = metadata<readonly SaidDependency[]>('self:paramtypes', target);
  const optional = metadata<readonly number[]>('optional:paramtypes', target) ?? [];
  const tokens = [...told];
  for (const { index, param } of said ?? []) tokens[index] = tokenOf(param);
  return tokens.map((token, index) => (optional.includes(index) ? { token, optional: true } : token)).slice(1);
}

/** Nest does not wait for a factory that has a forward reference: the class's own provider would be null. */
function tokenOf(param: SaidDependency['param']): InjectionToken {
  return typeof param === 'object' && 'forwardRef' in param ? param.forwardRef() : param;
}

function metadata<V>(key: string, target: object): V | undefined {
  return Reflect.getMetadata(key, target) as V | undefined;
}
