import type { OptionNames } from '../options/check-option.js';
import { OPERATION_NAMES } from '../options/operation-options.js';
import type { ForEachOptions, PageOptions, PagesOptions, ReadOptions, WriteByFilterOptions } from './query.js';

/** What the options of reads may be called. */
export const READ_NAMES: OptionNames<ReadOptions> = { ...OPERATION_NAMES, refresh: true };

/** What those of `pages` may be called. */
export const PAGES_NAMES: OptionNames<PagesOptions> = { ...READ_NAMES, emptyPages: true };

/** What those of `page` may be called. */
export const PAGE_NAMES: OptionNames<PageOptions> = { ...PAGES_NAMES, continuation: true, pageSize: true };

/** What those of `forEach` may be called. */
export const FOR_EACH_NAMES: OptionNames<ForEachOptions> = { ...READ_NAMES, concurrency: true };

/** What those of writes by filter may be called. */
export const WRITE_BY_FILTER_NAMES: OptionNames<WriteByFilterOptions> = { ...OPERATION_NAMES, onProgress: true };
