import {
  Inject,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { DataSource, UnitOfWorkOptions } from '../../index.js';
import { checkObject } from './refused.js';
import { dataSourceToken } from './tokens.js';

/** Whose writes a request's unit of work holds, and how it commits them. */
export interface InUnitOfWorkOptions extends Omit<UnitOfWorkOptions, 'maxRetries'> {
  /** The connection; the one without a name by default. */
  readonly connection?: string | undefined;
}

/**
 * Runs every request to a handler, or to each handler of a controller, in a unit of work of its own: what the injected repositories write is
 * held, committed when the handler has answered, and discarded when it throws. A commit that fails is the request's error.
 *
 * @example
 * ```ts
 * @Post()
 * @InUnitOfWork({ atomic: true })
 * async place(@Body() body: OrderDto) { … }
 * ```
 */
export function InUnitOfWork(given: InUnitOfWorkOptions = {}): ClassDecorator & MethodDecorator {
  checkObject('InUnitOfWork', given);
  const { connection, ...options } = given;
  return UseInterceptors(interceptorOf(connection, options));
}

function interceptorOf(connection: string | undefined, options: UnitOfWorkOptions): Type<NestInterceptor> {
  @Injectable()
  class UnitOfWorkInterceptor implements NestInterceptor {
    readonly #tables: DataSource;

    constructor(@Inject(dataSourceToken(connection)) tables: DataSource) {
      this.#tables = tables;
    }

    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      return from(this.#tables.run(() => lastValueFrom(next.handle(), { defaultValue: undefined }), options));
    }
  }
  return UnitOfWorkInterceptor;
}
