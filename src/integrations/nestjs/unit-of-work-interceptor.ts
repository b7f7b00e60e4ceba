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
import { checkNames, checkObject, type OptionNames } from '../../options/check-option.js';
import { EntitableError, type DataSource, type UnitOfWorkOptions } from '../../index.js';
import { dataSourceToken } from './tokens.js';

/** Whose writes a request's unit of work holds, and how it commits them. */
export interface InUnitOfWorkOptions extends UnitOfWorkOptions {
  /** The connection; the one without a name by default. */
  readonly connection?: string | undefined;
}

const NAMES: OptionNames<InUnitOfWorkOptions> = {
  connection: true,
  signal: true,
  timeout: true,
  atomic: true,
  concurrency: true,
  maxRetries: true,
};

/** Nest's marks of a handler that answers by a stream of events, and of the parameters that a handler takes. */
const SSE = '__sse__';
const PARAMETERS = '__routeArguments__';
const PASSTHROUGH = '__responsePassthrough__';
/** Of `@Res()` and `@Next()`, with which a handler answers by itself. */
const ANSWERING = /^[12]:/;

/**
 * Runs every request to a handler, or to each handler of a controller, in a unit of work of its own: what the injected repositories write is
 * held, committed when the handler has answered, and discarded when it throws. A commit that fails is the request's error, which
 * `EntitableExceptionFilter` answers by its code.
 *
 * With `maxRetries` the commit is atomic, and the handler runs again, in a new unit, when another writer was faster; it gets the same
 * arguments, so it must not change them, nor do anything else that must not be done twice. It then cannot answer by itself, through `@Res()`.
 * A handler of `@Sse()` has no moment at which it has answered. Both are refused by every request, `commit.not-in-unit`.
 *
 * @example
 * ```ts
 * @Post()
 * @InUnitOfWork({ maxRetries: 5 })
 * async place(@Body() body: OrderDto) { … }
 * ```
 */
export function InUnitOfWork(given: InUnitOfWorkOptions = {}): ClassDecorator & MethodDecorator {
  checkObject('InUnitOfWork', given);
  checkNames(given, NAMES, '@InUnitOfWork');
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

    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      checkHandler(context, options);
      return from(this.#tables.run(() => lastValueFrom(next.handle(), { defaultValue: undefined }), options));
    }
  }
  return UnitOfWorkInterceptor;
}

/** Refuses a handler whose answer a commit cannot wait for, or that cannot run again. Throws `commit.not-in-unit`. */
function checkHandler(context: ExecutionContext, { maxRetries = 0 }: UnitOfWorkOptions): void {
  const [controller, handler] = [context.getClass(), context.getHandler()];
  const name = `${controller.name}.${handler.name}`;
  if (Reflect.getMetadata(SSE, handler) === true) {
    throw refusedHandler(
      name,
      'a handler that answers once, and writes in units of its own where it streams',
      '@Sse()',
    );
  }
  if (maxRetries === 0 || Reflect.getMetadata(PASSTHROUGH, controller, handler.name) === true) return;
  const parameters = Object.keys(
    (Reflect.getMetadata(PARAMETERS, controller, handler.name) as object | undefined) ?? {},
  );
  if (parameters.some((parameter) => ANSWERING.test(parameter))) {
    throw refusedHandler(
      name,
      'with maxRetries a handler that returns its answer, or @Res({ passthrough: true })',
      '@Res() or @Next()',
    );
  }
}

function refusedHandler(name: string, expected: string, verb: string): EntitableError {
  const message = `@InUnitOfWork of ${name} takes ${expected}, not one of ${verb}.`;
  return new EntitableError('commit.not-in-unit', message, { verb });
}
