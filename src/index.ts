/**
 * The main entry point: entities, data sources, repositories, queries, units of work, errors, and the interface that
 * stores implement.
 *
 * @module
 */

export { Entity, ETag, PartitionKey, Property, RowKey, Timestamp } from '../decorators/index.js';
export type {
  DefaultedDecoratorOf,
  EntityOptions,
  KeyOptions,
  PropertyDecoratorOf,
  PropertyOptions,
} from '../decorators/index.js';

export { DataSource } from './data-source/data-source.js';
export type { CloseOptions } from './data-source/connection.js';
export type { DataSourceOptions } from './data-source/options.js';
export type { RunOptions } from './data-source/ambient-session.js';
export type { ClassTable, HasTables, NamedTable, TableAdministration } from './administration/table-administration.js';
export type {
  ClassCopyOptions,
  CopyOptions,
  CopyProgress,
  CopyReport,
  CopySettings,
  RowTransform,
} from './administration/copy-options.js';
export type { CreateTableOptions } from './administration/create-table.js';
export type { DescribeOptions, PropertyDescription, TableDescription } from './administration/describe-table.js';
export type { EnsureTablesOptions } from './administration/ensure-tables.js';
export type { IndexAdministration } from './administration/indexes/index-administration.js';
export type {
  DropIndexReport,
  IndexFailure,
  IndexFinding,
  IndexOptions,
  RebuildIndexesOptions,
  RebuildIndexesProgress,
  RebuildIndexesReport,
  VerifyIndexesOptions,
  VerifyIndexesProgress,
  VerifyIndexesReport,
} from './administration/indexes/index-options.js';
export type { ListTablesOptions } from './administration/list-tables.js';
export type { StoredRow, StoredValue } from './administration/stored-row.js';
export type { TruncateOptions, TruncateProgress, TruncateReport } from './administration/truncate-table.js';
export type { DataSourceTarget } from './data-source/options.js';
export type {
  AzureCredential,
  AzureServiceName,
  AzureTarget,
  NamedKey,
  ServiceClient,
  ServiceStated,
  SharedAccessSignature,
  SingleTableClient,
  TokenCredential,
} from './stores/azure/azure-target.js';

export type { Go, RepeatSettings } from './resilience/repeat-work.js';
export { RETRY_DEFAULTS, type Backoff, type RetryPolicy, type RetrySettings } from './resilience/retry-settings.js';
export type { ReadyOptions } from './resilience/until-ready.js';
export type {
  LogEvent,
  Logger,
  Metric,
  MetricsHook,
  OperationEvent,
  OperationName,
  ReadPlan,
  RetryEvent,
  StaleEntryEvent,
  VerbEvent,
  VerbListener,
} from './observability/events.js';
export type { Verb, VerbName } from './store/verb-observer.js';

export {
  Repository,
  type RepositoryBase,
  type RepositoryClass,
  type Session,
  type Transaction,
} from './repository/repository.js';
export type { AnyRepository, NoRepository } from './repository/repository-brand.js';
export type {
  ConditionOptions,
  DeleteOptions,
  EntityOperations,
  GetManyOptions,
  ModifyOptions,
  UpsertOptions,
} from './repository/entity-operations.js';
export type {
  CommitOptions,
  EntitySession,
  EntitySessions,
  UnitOfWorkOptions,
  UnitVerbs,
} from './repository/session.js';
export type {
  BulkDeleteOptions,
  BulkOptions,
  BulkProgress,
  BulkResult,
  BulkUpsertOptions,
  MergeItem,
} from './writing/bulk-options.js';
export type { Items } from './async/item-reader.js';

export { UnitOfWork } from './unit-of-work/unit-of-work.js';
export type { PlannedBatch } from './unit-of-work/plan.js';

export { Guid } from './edm/guid.js';
export type { EdmType, EdmTypeMap, EdmValue, TypedValue } from './edm/edm-type.js';

export { EntitableError, type CodesOf, type EntitableErrorOf, type ErrorGroup } from './errors/entitable-error.js';
export { httpResponseOf, type HttpErrorBody, type HttpErrorResponse } from './errors/http-response.js';
export type {
  ClassProblems,
  ErrorCode,
  ErrorDetails,
  KeyAt,
  MetadataProblem,
  OutcomeUnknownDetails,
  PropertyAt,
  StoreErrorDetails,
  Violation,
} from './errors/error-details.js';
export type {
  BulkFailure,
  BulkReport,
  CommitReport,
  CommitWrite,
  FailedWrite,
  StaleEntry,
} from './errors/write-reports.js';

export { defineEntity, type EdmTypeFor, type EntitySchema, type PropertySchema } from './metadata/define-entity.js';
export { index, type Index, type IndexPart, type IndexSpec, type IndexText } from './metadata/indexes/declaration.js';
export type { CheckIndexes, IndexKeyOf, IndexKeysOf, UniqueKeyOf } from './metadata/indexes/index-types.js';
export { metadataOf } from './metadata/metadata-of.js';
export { makeEntity } from './mapping/make-entity.js';
export type { EntityMetadata, IndexMetadata, Member, PropertyMetadata } from './metadata/entity-metadata.js';
export type { KeyPartMetadata, KeyTemplate } from './metadata/key-template.js';
export type { AnyConverter, Converter, ConverterOrder } from './metadata/converter.js';
export type { StandardIssue, StandardResult, StandardSchema } from './metadata/standard-schema.js';
export type {
  ConstantKey,
  DefaultedMark,
  EntitableTypeError,
  ETagMark,
  KeyKind,
  KeyName,
  KeyOf,
  KeyPart,
  KeyValue,
  PartitionKeyMark,
  PartitionKeyOf,
  PartitionKeyPart,
  PartitionsOf,
  RowKeyMark,
  RowKeyPart,
  StoredKey,
  StoredPartition,
  SystemValue,
  SystemValueKind,
  TimestampMark,
  Unmarked,
} from './metadata/key-types.js';
export type { AssignOf, CreateOf, Defaulted, EntityValues } from './metadata/create-types.js';
export type { DataKey, EntityClass, MemberKey, PatchOf, Projection } from './metadata/key-types.js';
export type { CheckKeys, CheckMarks, CheckPlain, CheckTemplate, TemplateNames } from './metadata/key-types.js';

export { newestFirst, oldestFirst } from './metadata/converters/date-keys.js';
export { decimal } from './metadata/converters/decimal.js';
export {
  ascendingBigInt,
  ascendingInteger,
  descendingBigInt,
  descendingInteger,
  guidKey,
} from './metadata/converters/integer-keys.js';
export { json } from './metadata/converters/json.js';
export { dateOfTicks, ticks, ticksOfDate } from './metadata/converters/ticks.js';
export { enumOf, oneOf, type EnumObject } from './metadata/converters/one-of.js';

export type { ComparisonOperator, Comparison, FilterNode, Junction, Negation } from './store/filter-node.js';
export type {
  AccessPolicy,
  AccountPermission,
  AccountResource,
  AccountSasOptions,
  CorsMethod,
  CorsRule,
  LoggingProperties,
  MetricsProperties,
  SasKey,
  SasRestrictions,
  ServiceAdministration,
  ServiceProperties,
  ServiceStatistics,
  TablePermission,
  TableSasOptions,
} from './store/service-administration.js';
export type { SharedAccess } from './store/service-administration.js';
export { COSMOS_LIMITS, STORAGE_LIMITS, type LimitsOption, type ServiceLimits } from './store/limits.js';
export { PARTITION_KEY, ROW_KEY, TIMESTAMP } from './store/row.js';
export type { RetainedRow, RowReader, RowShape, RowWriter, Slot, UndeclaredValue } from './store/row.js';
export type {
  Bound,
  KeyRange,
  PreparedWrite,
  ReadRequest,
  RowPage,
  Rows,
  ScanRequest,
  StoreTraits,
  TableStore,
  WriteMode,
  WriteOperation,
  WriteReceipt,
} from './store/table-store.js';
export type { OperationOptions } from './options/operation-options.js';

export { and, not, or, type Filter } from './filter/filter.js';
export { filter } from './filter/make-filter.js';
export { filterFromJSON, type FilterFromJSONOptions } from './filter/filter-json.js';
export type { FilterJSON, OperandJSON } from './filter/condition.js';
export type {
  ComparableRef,
  ConditionOf,
  EqualityOperator,
  EquatableRef,
  OneOf,
  OperandOf,
  OperatorOf,
  OrderOperator,
  PresenceRef,
  PropertyRef,
  PropertyRefs,
  StringRef,
} from './filter/property-refs.js';
export type { StoredOperand, StoredRef, StoredRefs } from './filter/property-refs.js';
export type {
  CompiledQuery,
  ForEachOptions,
  HandlerContext,
  Page,
  PageOptions,
  PagesOptions,
  Query,
  ReadOptions,
  SortableKey,
} from './query/query.js';
export type { QueryPlan, QueryPlanKind } from './query/explain.js';
export type {
  FailedRow,
  PatchFunction,
  PatchMistake,
  WriteByFilterOptions,
  WriteProgress,
  WriteReport,
} from './query/write-options.js';
