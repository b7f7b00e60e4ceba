import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from '../../index.js';
import { EntitableHealthIndicator } from './entitable-health-indicator.js';
import {
  MODULE_OPTIONS,
  optionsProviders,
  type EntitableModuleAsyncOptions,
  type EntitableModuleOptions,
} from './module-options.js';
import { dataSourceToken } from './tokens.js';

/** The module of one connection: global, so that `forFeature` finds its data source from anywhere. */
export class EntitableConnectionModule {
  /** The module that opens a data source with these options and closes it with the application. */
  static open(options: EntitableModuleAsyncOptions): DynamicModule {
    const provide = dataSourceToken(options.name);
    const dataSource = {
      provide,
      inject: [MODULE_OPTIONS],
      useFactory: ({ target, ...settings }: EntitableModuleOptions) => DataSource.open(target, settings),
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
      providers: [...optionsProviders(options), dataSource, closing, EntitableHealthIndicator],
      exports: [provide, EntitableHealthIndicator],
    };
  }
}

/** Closes a data source when the application stops: after its last request. */
class ClosingDataSource implements OnApplicationShutdown {
  readonly #tables: DataSource;

  constructor(tables: DataSource) {
    this.#tables = tables;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#tables.close();
  }
}
