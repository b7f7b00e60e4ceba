import { Catch, Inject, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EntitableError, httpResponseOf } from '../../index.js';

/**
 * Answers the errors of this package by their codes, as `httpResponseOf` says: with a status, `Retry-After` where it is known, and a body of
 * the code alone, with the violations of `validation.failed`. What is answered with 500 or more is logged. For requests over HTTP, on Express
 * and Fastify; elsewhere it throws the error again.
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

  /** What Nest calls. */
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
