import type { FactoryProvider, InjectionToken, ModuleMetadata, Provider, Type } from '@nestjs/common';
import { DATA_SOURCE_NAMES } from '../../data-source/options.js';
import { invalidValue, type OptionNames } from '../../options/check-option.js';
import type { DataSourceOptions, DataSourceTarget } from '../../index.js';

/** Options of a connection: its target and the options of its data source. */
export interface EntitableModuleOptions extends DataSourceOptions {
  /** Target of the connection, as for `DataSource.open`. */
  readonly target: DataSourceTarget;
}

/** Names of all options of a connection, to refuse unknown ones. */
export const MODULE_NAMES: OptionNames<EntitableModuleOptions> = { ...DATA_SOURCE_NAMES, target: true };

/** A provider class that creates the options of a connection, for `useClass` and `useExisting` of `forRootAsync`. */
export interface EntitableOptionsFactory {
  /** Returns the options. Called once, when the connection is opened. */
  createEntitableOptions(): EntitableModuleOptions | Promise<EntitableModuleOptions>;
}

/** Name of a connection, for applications with several. */
export interface ConnectionName {
  /** Name of the connection; the unnamed one by default. */
  readonly name?: string | undefined;
}

/** Options that other providers create, in one of Nest's three ways: `useFactory`, `useClass` or `useExisting`. */
export type EntitableModuleAsyncOptions = ConnectionName &
  Pick<ModuleMetadata, 'imports'> &
  (
    | Pick<FactoryProvider<EntitableModuleOptions>, 'inject' | 'useFactory'>
    | { readonly useClass: Type<EntitableOptionsFactory> }
    | { readonly useExisting: InjectionToken<EntitableOptionsFactory> }
  );

/** Creates the providers of a connection's options, under a token that only its module uses. */
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
