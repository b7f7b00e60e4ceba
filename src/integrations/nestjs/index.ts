/**
 * Integrates data sources, repositories and units of work into NestJS.
 *
 * @module
 */

export { EntitableExceptionFilter } from './entitable-exception-filter.js';
export { EntitableModule } from './entitable-module.js';
export { EntitableHealthIndicator, type HealthResult, type PingOptions } from './entitable-health-indicator.js';
export { InjectDataSource, InjectRepository, type InjectDecorator } from './inject.js';
export type {
  ConnectionName,
  EntitableModuleAsyncOptions,
  EntitableModuleOptions,
  EntitableOptionsFactory,
} from './module-options.js';
export { repositoryProviders } from './repository-providers.js';
export { dataSourceToken, repositoryToken } from './tokens.js';
export { InUnitOfWork, type InUnitOfWorkOptions } from './unit-of-work-interceptor.js';
