import { Catch, Inject, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EntitableError, httpResponseOf } from '../../index.js';

/**
 * Responds to errors of this package according to their codes, as `httpResponseOf` does: with a status, `Retry-After`
 * if it is known, and a body that contains only the code and, for `validation.failed`, the violations. Errors whose
 * response has status 500 or above are logged. It handles HTTP requests, on Express and Fastify; in other contexts it
 * rethrows the error.
 *
 * @example
 * ```ts
 * @Module({ providers: [{ provide: APP_FILTER, useClass: EntitableExceptionFilter }] })
 * ```
 */
@Catch(EntitableError)
export class EntitableExceptionFilter implements ExceptionFilter<EntitableError> {
  readonly #host: HttpAdapterHost;
  readonly #logger = new Logger('EntitableExceptionFilter');

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#host = host;
  }

  /** Sends the response for the error. Called by Nest. */
  catch(error: EntitableError, host: ArgumentsHost): void {
    const answer = httpResponseOf(error);
    if (answer === undefined || host.getType() !== 'http') throw error;
    if (answer.status >= 500) this.#logger.error(error.message, error.stack);
    const { httpAdapter } = this.#host;
    const response: unknown = host.switchToHttp().getResponse();
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    for (const [name, value] of Object.entries(answer.headers)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, answer.body, answer.status);
  }
}
