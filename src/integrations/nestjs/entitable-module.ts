import type { DynamicModule } from '@nestjs/common';
import { checkNames, checkObject, type OptionNames } from '../../options/check-option.js';
import type { EntityClass } from '../../index.js';
import { EntitableConnectionModule } from './entitable-connection-module.js';
import {
  MODULE_NAMES,
  type ConnectionName,
  type EntitableModuleAsyncOptions,
  type EntitableModuleOptions,
} from './module-options.js';
import { repositoryProviders } from './repository-providers.js';

const NAMES: OptionNames<EntitableModuleOptions & ConnectionName> = { ...MODULE_NAMES, name: true };
const ASYNC_NAMES = Object.freeze({
  name: true,
  imports: true,
  inject: true,
  useFactory: true,
  useClass: true,
  useExisting: true,
});

/**
 * Opens data sources for a Nest application and provides their repositories.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     EntitableModule.forRoot({ target: process.env.TABLES ?? 'sqlite:./data.db' }),
 *     EntitableModule.forFeature([Order, Orders]),
 *   ],
 * })
 * ```
 */
export class EntitableModule {
  /**
   * Opens the data source of a connection. Call it once per connection, in the root module. Every module can inject the
   * data source; it closes with the application. If two connections have the same name, the application fails to start
   * with `validation.invalid-option`.
   */
  static forRoot(given: EntitableModuleOptions & ConnectionName): DynamicModule {
    checkObject('forRoot', given);
    checkNames(given, NAMES, 'the options of forRoot');
    const { name, ...options } = given;
    // The options are provided by a factory and not as a value, because Nest 10 serialises every provided value, even a
    // store or a client.
    return EntitableConnectionModule.open({ name, useFactory: () => options });
  }

  /** Does the same as `forRoot`, with options that are created from other providers, e.g. those of `ConfigModule`. */
  static forRootAsync(options: EntitableModuleAsyncOptions): DynamicModule {
    checkObject('forRootAsync', options);
    checkNames(options, ASYNC_NAMES, 'the options of forRootAsync');
    return EntitableConnectionModule.open(options);
  }

  /** Provides the repositories of entity classes, and custom repositories, to the importing module. */
  static forFeature(classes: readonly EntityClass[], connection?: string): DynamicModule {
    const providers = repositoryProviders(classes, connection);
    return { module: EntitableModule, providers, exports: providers };
  }
}
