import type { OptionNames } from '../options/check-option.js';
import { READ_NAMES } from '../query/option-names.js';
import { OPERATION_NAMES } from '../options/operation-options.js';
import type { BulkDeleteOptions, BulkOptions, BulkUpsertOptions } from '../writing/bulk-options.js';
import type {
  ConditionOptions,
  DeleteOptions,
  GetManyOptions,
  ModifyOptions,
  UpsertOptions,
} from './entity-operations.js';
import type { CommitOptions, UnitOfWorkOptions } from './session.js';

const CONDITION: OptionNames<ConditionOptions> = { ...OPERATION_NAMES, etag: true };
const BULK: OptionNames<BulkOptions> = { ...OPERATION_NAMES, concurrency: true, onProgress: true, onError: true };
const COMMIT: OptionNames<CommitOptions> = { ...OPERATION_NAMES, atomic: true, concurrency: true };
const GET_MANY: OptionNames<GetManyOptions> = { ...READ_NAMES, concurrency: true };
const UPSERT: OptionNames<UpsertOptions> = { ...OPERATION_NAMES, mode: true };
const DELETE: OptionNames<DeleteOptions> = { ...CONDITION, missing: true };
const HELD_DELETE: OptionNames<Pick<DeleteOptions, 'etag' | 'missing'>> = { etag: true, missing: true };
const MODIFY: OptionNames<ModifyOptions> = { ...OPERATION_NAMES, maxRetries: true, missing: true };
const UNIT_OF_WORK: OptionNames<UnitOfWorkOptions> = { ...COMMIT, maxRetries: true };
const BULK_UPSERT: OptionNames<BulkUpsertOptions> = { ...BULK, mode: true };
const BULK_DELETE: OptionNames<BulkDeleteOptions> = { ...BULK, missing: true };

/** The names of the options of each kind of operation. */
export const VERB_OPTIONS = Object.freeze({
  operation: OPERATION_NAMES,
  read: READ_NAMES,
  getMany: GET_MANY,
  condition: CONDITION,
  upsert: UPSERT,
  delete: DELETE,
  heldDelete: HELD_DELETE,
  modify: MODIFY,
  bulk: BULK,
  bulkUpsert: BULK_UPSERT,
  bulkDelete: BULK_DELETE,
  commit: COMMIT,
  unitOfWork: UNIT_OF_WORK,
});
