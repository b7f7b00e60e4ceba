import type { DynamicModule, InjectionToken, OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { checkNames, checkObject } from '../../options/check-option.js';
import { DataSource, EntitableError } from '../../index.js';
import { EntitableHealthIndicator } from './entitable-health-indicator.js';
import {
  MODULE_NAMES,
  optionsProviders,
  type EntitableModuleAsyncOptions,
  type EntitableModuleOptions,
} from './module-options.js';
import { dataSourceToken } from './tokens.js';

let serial = 0;

/** The module of one connection. It is global, so that `forFeature` finds its data source from every module. */
export class EntitableConnectionModule {
  /** Creates the module that opens a data source with these options and closes it with the application. */
  static open(options: EntitableModuleAsyncOptions): DynamicModule {
    const provide = dataSourceToken(options.name);
    // The number makes each description unique: Nest 10 treats two dynamic modules as one if the descriptions of their
    // tokens are equal.
    const settingsToken = Symbol(`entitable options ${++serial}`);
    const dataSource = {
      provide,
      inject: [settingsToken, ModulesContainer],
      useFactory: (given: EntitableModuleOptions, modules: ModulesContainer) => {
        checkObject('The options of a connection', given);
        checkNames(given, MODULE_NAMES, 'the options of a connection');
        const { target, ...settings } = given;
        refuseSecond(modules, provide, options.name);
        return DataSource.open(target, settings);
      },
    };
    const closing = {
      provide: ClosingDataSource,
      inject: [provide],
      useFactory: (tables: DataSource) => new ClosingDataSource(tables),
    };
    return {
      module: EntitableConnectionModule,
      global: true,
      imports: options.imports ?? [],
      providers: [...optionsProviders(settingsToken, options), dataSource, closing, EntitableHealthIndicator],
      exports: [provide, EntitableHealthIndicator],
    };
  }
}

/** Closes a data source when the application has shut down, after its last request. */
class ClosingDataSource implements OnApplicationShutdown {
  readonly #tables: DataSource;

  constructor(tables: DataSource) {
    this.#tables = tables;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#tables.close();
  }
}

/** Refuses a second connection of the same name: which of the two Nest injects would depend on the importing module. */
function refuseSecond(modules: ModulesContainer, provide: InjectionToken, name: string | undefined): void {
  const same = [...modules.values()].filter(
    ({ metatype, providers }) => metatype === EntitableConnectionModule && providers.has(provide),
  );
  if (same.length < 2) return;
  const which = name === undefined ? 'without a name' : `named "${name}"`;
  throw new EntitableError(
    'validation.invalid-option',
    `The application opens ${same.length} connections ${which}. Call forRoot or forRootAsync once for each connection, each with a name of its own.`,
    { option: 'name', expected: 'a name of its own', found: `the name of ${same.length} connections` },
  );
}
