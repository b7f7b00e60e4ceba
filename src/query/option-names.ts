import type { OptionNames } from '../options/check-option.js';
import { OPERATION_NAMES } from '../options/operation-options.js';
import type { ForEachOptions, PageOptions, PagesOptions, ReadOptions, WriteByFilterOptions } from './query.js';

/** The options of reading methods. */
export const READ_NAMES: OptionNames<ReadOptions> = { ...OPERATION_NAMES, refresh: true };

/** The options of `pages`. */
export const PAGES_NAMES: OptionNames<PagesOptions> = { ...READ_NAMES, emptyPages: true };

/** The options of `page`. */
export const PAGE_NAMES: OptionNames<PageOptions> = { ...PAGES_NAMES, continuation: true, pageSize: true };

/** The options of `forEach`. */
export const FOR_EACH_NAMES: OptionNames<ForEachOptions> = { ...READ_NAMES, concurrency: true };

/** The options of writes by filter. */
export const WRITE_BY_FILTER_NAMES: OptionNames<WriteByFilterOptions> = { ...OPERATION_NAMES, onProgress: true };
