import type { OptionNames } from '../errors/options.js';
import type { DataSourceOptions } from './options.js';

/** What the options of a data source may be called; integrations that open one take these among their own. */
export const DATA_SOURCE_NAMES: OptionNames<DataSourceOptions> = {
  ensureTables: true,
  tableName: true,
  limits: true,
  validate: true,
  maxQueryRequests: true,
  continuationSecret: true,
  clock: true,
  durability: true,
  fileMode: true,
  service: true,
  maxSockets: true,
  maxAnswerBytes: true,
  httpClient: true,
  retry: true,
  logger: true,
  onVerb: true,
  metrics: true,
};
