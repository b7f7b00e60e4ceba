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

/** Options of {@link InUnitOfWork}: the connection, and how the unit of work commits. */
export interface InUnitOfWorkOptions extends UnitOfWorkOptions {
  /** Name of the connection; the unnamed one by default. */
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

/**
 * Keys of the metadata in which Nest keeps, for each handler, whether it is decorated with `@Sse()`, which decorators
 * its parameters have, and whether one of them is `@Res({ passthrough: true })`.
 */
const SSE = '__sse__';
const PARAMETERS = '__routeArguments__';
const PASSTHROUGH = '__responsePassthrough__';
/** Matches the metadata of `@Res()` and `@Next()`, with which a handler sends the response itself. */
const ANSWERING = /^[12]:/;

/**
 * Runs every request to a handler, or to each handler of a controller, in its own unit of work. The writes of the
 * injected repositories are collected; they are committed when the handler has returned, and discarded when it throws.
 * If the commit fails, the request fails with the error of the commit, to which `EntitableExceptionFilter` responds
 * according to its code.
 *
 * With `maxRetries` the commit is atomic, and after losing a race against another writer the handler runs again in a
 * new unit of work. It receives the same arguments, so it must not change them, and it must not have side effects that
 * cannot be repeated. Such a handler cannot send the response itself through `@Res()`. A handler decorated with
 * `@Sse()` never finishes its response, so there would be no moment for the commit. In both cases every request is
 * refused with `commit.not-in-unit`.
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

/** Refuses a handler whose response cannot wait for a commit, or that cannot run again. Throws `commit.not-in-unit`. */
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
