import { onAbort } from '../async/linked-signal.js';
import { EntitableError } from '../errors/entitable-error.js';
import { checkFunction, checkOperation, type OperationOptions } from '../options/operation-options.js';
import { checkCount } from '../options/check-option.js';
import { ItemIterator } from './item-iterator.js';
import { FOR_EACH_NAMES } from './option-names.js';
import type { ForEachOptions, HandlerContext, Page } from './query.js';

/** Handles one result. A returned promise is awaited. */
export type ResultHandler<in R> = (result: R, context: HandlerContext) => unknown;

/**
 * Passes results to a handler, a limited number at a time, and returns how many were handled. Throws
 * `query.handler-failed`, `store.aborted`.
 */
export async function forEachResult<R>(
  read: (options: OperationOptions) => AsyncGenerator<Page<R>, void, undefined>,
  handler: ResultHandler<R>,
  given: ForEachOptions,
  className: string,
): Promise<number> {
  checkFunction('handler', handler);
  checkOperation(given, FOR_EACH_NAMES);
  const { concurrency = 1, signal, ...options } = given;
  const most = checkCount('concurrency', concurrency, 1);
  const stop = new AbortController();
  const context = { signal: stop.signal };
  const failures: unknown[] = [];
  let handled = 0;
  let underWay = 0;
  let changed: () => void = () => undefined;
  const release = onAbort(signal, () => halt(signal?.reason));
  const results = new ItemIterator(read({ ...options, signal: stop.signal }));
  let problem: { readonly error: unknown } | undefined;
  try {
    while (!stop.signal.aborted) {
      const next = await results.next();
      if (next.done === true || stop.signal.aborted) break;
      void handle(next.value);
      while (underWay >= most) await change();
    }
  } catch (error) {
    problem = { error };
    stop.abort(error);
  }
  while (underWay > 0) await change();
  release();
  await results.return();
  if (failures.length > 0) throw handlerFailed(className, handled, failures);
  if (signal?.aborted) throw aborted(className, handled, signal.reason);
  if (problem !== undefined) throw problem.error;
  return handled;

  function halt(reason: unknown): void {
    stop.abort(reason);
    changed();
  }

  function change(): Promise<void> {
    return new Promise((resolve) => {
      changed = resolve;
    });
  }

  async function handle(result: R): Promise<void> {
    underWay++;
    try {
      await handler(result, context);
      handled++;
    } catch (error) {
      failures.push(error);
      halt(error);
    }
    underWay--;
    changed();
  }
}

function handlerFailed(className: string, handled: number, failures: readonly unknown[]): EntitableError {
  const thrown = failures.length;
  const [cause] = failures;
  return new EntitableError(
    'query.handler-failed',
    `forEach of ${className} was stopped by its handler: ${handled} results were handled, and ${thrown} not. Those that were under way were waited for, ` +
      'no more were begun. What the handler threw is the cause.',
    { className, handled, thrown },
    { cause },
  );
}

function aborted(className: string, handled: number, cause: unknown): EntitableError {
  return new EntitableError(
    'store.aborted',
    `forEach of ${className} was stopped by its signal after ${handled} results; those that were under way were waited for.`,
    {},
    { cause },
  );
}
