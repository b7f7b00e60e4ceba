import type { OptionNames } from '../options/check-option.js';
import { OPERATION_NAMES } from '../options/operation-options.js';
import type { ForEachOptions, PageOptions, PagesOptions, ReadOptions } from './query.js';
import type { WriteByFilterOptions } from './write-options.js';

/** The option names that reading methods accept. */
export const READ_NAMES: OptionNames<ReadOptions> = { ...OPERATION_NAMES, refresh: true };

/** The option names that `pages` accepts. */
export const PAGES_NAMES: OptionNames<PagesOptions> = { ...READ_NAMES, emptyPages: true };

/** The option names that `page` accepts. */
export const PAGE_NAMES: OptionNames<PageOptions> = { ...PAGES_NAMES, continuation: true, pageSize: true };

/** The option names that `forEach` accepts. */
export const FOR_EACH_NAMES: OptionNames<ForEachOptions> = { ...READ_NAMES, concurrency: true };

/** The option names that writes by filter accept. */
export const WRITE_BY_FILTER_NAMES: OptionNames<WriteByFilterOptions> = { ...OPERATION_NAMES, onProgress: true };
