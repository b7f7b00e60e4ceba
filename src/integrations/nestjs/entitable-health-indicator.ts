import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { checkNames, checkObject, invalidValue, type OptionNames } from '../../options/check-option.js';
import { EntitableError, type DataSource } from '../../index.js';
import { dataSourceToken } from './tokens.js';

/** Options of {@link EntitableHealthIndicator.pingCheck}. */
export interface PingOptions {
  /** Name of the connection; the unnamed one by default. */
  readonly connection?: string | undefined;
  /** Time limit in milliseconds, 1000 by default. */
  readonly timeout?: number | undefined;
}

/** Result in the form that Terminus expects of a health indicator. For a failure it contains only the error code. */
export type HealthResult<K extends string> = Readonly<
  Record<K, { readonly status: 'up' } | { readonly status: 'down'; readonly code: string }>
>;

const NAMES: OptionNames<PingOptions> = { connection: true, timeout: true };
const NO_SUCH_TABLE = 'EntitableHealth';

/**
 * Checks that a connection responds, and reports it in the form that `@nestjs/terminus` 11 and later expect.
 *
 * @example
 * ```ts
 * check() { return this.health.check([() => this.entitable.pingCheck('tables')]); }
 * ```
 */
@Injectable()
export class EntitableHealthIndicator {
  readonly #modules: ModuleRef;

  constructor(@Inject(ModuleRef) modules: ModuleRef) {
    this.#modules = modules;
  }

  /** Asks the store whether a table exists, in one request. The credential must be allowed to list tables. */
  async pingCheck<const K extends string>(key: K, options: PingOptions = {}): Promise<HealthResult<K>> {
    if (typeof key !== 'string') throw invalidValue('pingCheck', 'a name', key);
    checkObject('options', options);
    checkNames(options, NAMES);
    const { connection, timeout = 1000 } = options;
    const tables = this.#modules.get<DataSource>(dataSourceToken(connection), { strict: false });
    try {
      await tables.tables.exists(NO_SUCH_TABLE, { timeout });
    } catch (error) {
      if (!EntitableError.is(error, 'store.')) throw error;
      return result(key, { status: 'down', code: error.code });
    }
    return result(key, { status: 'up' });
  }
}

function result<K extends string>(key: K, status: HealthResult<K>[K]): HealthResult<K> {
  return { [key]: status } as HealthResult<K>;
}
