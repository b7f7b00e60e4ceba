import type { OptionNames } from '../options/check-option.js';
import { OPERATION_NAMES } from '../options/operation-options.js';
import type { AccessPolicy, AccountSasOptions, SasKey, TableSasOptions } from '../store/service-administration.js';
import type { CopyOptions } from './copy-options.js';
import type { CreateTableOptions } from './create-table.js';
import type { DescribeOptions } from './describe-table.js';
import type { EnsureTablesOptions } from './ensure-tables.js';
import type { ListTablesOptions } from './list-tables.js';
import type { TruncateOptions } from './truncate-table.js';

const CREATE: OptionNames<CreateTableOptions> = { ...OPERATION_NAMES, waitForDeletion: true };
const ENSURE: OptionNames<EnsureTablesOptions> = { ...CREATE, concurrency: true };
const LIST: OptionNames<ListTablesOptions> = { ...OPERATION_NAMES, prefix: true, from: true, to: true };
const DESCRIBE: OptionNames<DescribeOptions> = { ...OPERATION_NAMES, sample: true };
const TRUNCATE: OptionNames<TruncateOptions> = { ...OPERATION_NAMES, concurrency: true, onProgress: true };
const COPY: OptionNames<CopyOptions> = {
  ...TRUNCATE,
  transform: true,
  existing: true,
  onError: true,
  filter: true,
};
const RESTRICTIONS = { start: true, expiry: true, permissions: true, ipRange: true, protocol: true } as const;
const TABLE_SAS: OptionNames<TableSasOptions> = { ...RESTRICTIONS, policy: true, from: true, to: true };
const ACCOUNT_SAS: OptionNames<AccountSasOptions> = { ...RESTRICTIONS, resourceTypes: true };
const POLICY: OptionNames<AccessPolicy> = { id: true, start: true, expiry: true, permissions: true };
const SAS_KEY: OptionNames<SasKey> = { partitionKey: true, rowKey: true };

/** The valid names of the options of table administration, and the members of policies and SAS keys. */
export const ADMINISTRATION_OPTIONS = Object.freeze({
  operation: OPERATION_NAMES,
  create: CREATE,
  ensure: ENSURE,
  list: LIST,
  describe: DESCRIBE,
  truncate: TRUNCATE,
  copy: COPY,
  tableSas: TABLE_SAS,
  accountSas: ACCOUNT_SAS,
  policy: POLICY,
  sasKey: SAS_KEY,
});
