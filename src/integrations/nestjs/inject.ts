import { Inject } from '@nestjs/common';
import type { EntityClass } from '../../index.js';
import { dataSourceToken, repositoryToken } from './tokens.js';

/** A decorator for a constructor parameter or a property. */
export type InjectDecorator = PropertyDecorator & ParameterDecorator;

/**
 * Injects the repository of an entity class, or a custom repository, that `EntitableModule.forFeature` provides.
 *
 * @example
 * ```ts
 * constructor(@InjectRepository(Order) private readonly orders: Repository<Order>) {}
 * ```
 */
export function InjectRepository(target: EntityClass, connection?: string): InjectDecorator {
  return Inject(repositoryToken(target, connection));
}

/**
 * Injects the data source of a connection. The unnamed connection needs no decorator: its token is the class
 * `DataSource`.
 */
export function InjectDataSource(connection?: string): InjectDecorator {
  return Inject(dataSourceToken(connection));
}
