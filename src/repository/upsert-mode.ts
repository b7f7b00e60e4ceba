import { EntitableError } from '../errors/entitable-error.js';
import type { UpsertOptions } from './session.js';

const MODES = { merge: 'upsert-merge', replace: 'upsert-replace' } as const;

/** How an upsert is written; JavaScript may ask for anything. */
export function upsertMode(mode: NonNullable<UpsertOptions['mode']>): 'upsert-merge' | 'upsert-replace' {
  if (Object.hasOwn(MODES, mode)) return MODES[mode];
  throw new EntitableError('validation.invalid-option', "The mode of an upsert is 'merge' or 'replace'.", {
    option: 'mode',
    expected: "'merge' or 'replace'",
    found: typeof mode,
  });
}
