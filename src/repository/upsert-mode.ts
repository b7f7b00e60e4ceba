import { checkChoice } from './check-choice.js';
import type { UpsertOptions } from './session.js';

/** How an upsert is written. */
export function upsertMode(mode: NonNullable<UpsertOptions['mode']>): 'upsert-merge' | 'upsert-replace' {
  return `upsert-${checkChoice('mode', mode, ['merge', 'replace'])}`;
}
