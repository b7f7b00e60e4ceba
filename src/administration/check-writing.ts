import type { BulkOptions } from '../repository/bulk-options.js';
import { checkChoice } from '../repository/check-choice.js';
import { concurrencyOf } from '../repository/concurrency.js';
import { checkTimeout } from '../store/check-timeout.js';

/** Refuses options of a bulk write before anything is read. Throws `validation.invalid-option`. */
export function checkWriting({ concurrency, onError, timeout }: BulkOptions): void {
  checkTimeout({ timeout });
  if (concurrency !== undefined) concurrencyOf(concurrency);
  if (onError !== undefined) checkChoice('onError', onError, ['throw', 'collect']);
}
