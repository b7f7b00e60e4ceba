import type { DynamicModule } from '@nestjs/common';
import type { EntityClass } from '../../index.js';
import { EntitableConnectionModule } from './entitable-connection-module.js';
import type { ConnectionName, EntitableModuleAsyncOptions, EntitableModuleOptions } from './module-options.js';
import { checkObject } from './refused.js';
import { repositoryProviders } from './repository-providers.js';

/**
 * Opens data sources for a Nest application and provides their repositories.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     EntitableModule.forRoot({ target: process.env.TABLES ?? 'lmdb:./data' }),
 *     EntitableModule.forFeature([Order, Orders]),
 *   ],
 * })
 * ```
 */
export class EntitableModule {
  /**
   * Opens the data source of a connection: once, in the root module. Every module can inject it; it closes with the application.
   * Two connections of one name end the start of the application: `validation.invalid-option`.
   */
  static forRoot(given: EntitableModuleOptions & ConnectionName): DynamicModule {
    checkObject('forRoot', given);
    const { name, ...options } = given;
    // By a factory: Nest 10 writes whatever is a value out as text, a store or a client too.
    return EntitableConnectionModule.open({ name, useFactory: () => options });
  }

  /** The same with options that other providers make, e.g. those of `ConfigModule`. */
  static forRootAsync(options: EntitableModuleAsyncOptions): DynamicModule {
    checkObject('forRootAsync', options);
    return EntitableConnectionModule.open(options);
  }

  /** Provides the repositories of entity classes, and custom repositories, to the module that imports it. */
  static forFeature(classes: readonly EntityClass[], connection?: string): DynamicModule {
    const providers = repositoryProviders(classes, connection);
    return { module: EntitableModule, providers, exports: providers };
  }
}
