import type { FactoryProvider, InjectionToken, ModuleMetadata, Provider, Type } from '@nestjs/common';
import { DATA_SOURCE_NAMES } from '../../data-source/options.js';
import { invalidValue, type OptionNames } from '../../options/check-option.js';
import type { DataSourceOptions, DataSourceTarget } from '../../index.js';

/** Where a connection's tables are, and how its data source works with them. */
export interface EntitableModuleOptions extends DataSourceOptions {
  /** Where the tables are: what `DataSource.open` takes. */
  readonly target: DataSourceTarget;
}

/** What they may be called. */
export const MODULE_NAMES: OptionNames<EntitableModuleOptions> = { ...DATA_SOURCE_NAMES, target: true };

/** Makes the options of a connection: what `useClass` and `useExisting` of `forRootAsync` name. */
export interface EntitableOptionsFactory {
  /** Called once, when the connection is opened. */
  createEntitableOptions(): EntitableModuleOptions | Promise<EntitableModuleOptions>;
}

/** The name of a connection, where an application has several. */
export interface ConnectionName {
  /** The connection; the one without a name by default. */
  readonly name?: string | undefined;
}

/** Options that other providers make, in one of Nest's three ways. */
export type EntitableModuleAsyncOptions = ConnectionName &
  Pick<ModuleMetadata, 'imports'> &
  (
    | Pick<FactoryProvider<EntitableModuleOptions>, 'inject' | 'useFactory'>
    | { readonly useClass: Type<EntitableOptionsFactory> }
    | { readonly useExisting: InjectionToken<EntitableOptionsFactory> }
  );

/** The provider of a connection's options, under a token inside its module. */
export function optionsProviders(provide: symbol, options: EntitableModuleAsyncOptions): Provider[] {
  if ('useFactory' in options) {
    return [{ provide, inject: options.inject ?? [], useFactory: options.useFactory }];
  }
  if (!('useClass' in options || 'useExisting' in options))
    throw invalidValue('forRootAsync', 'useFactory, useClass or useExisting', options);
  const factory = 'useClass' in options ? options.useClass : options.useExisting;
  return [
    ...('useClass' in options ? [options.useClass] : []),
    {
      provide,
      inject: [factory],
      useFactory: (made: EntitableOptionsFactory) => made.createEntitableOptions(),
    },
  ];
}
