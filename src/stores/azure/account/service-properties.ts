import { TableServiceClient, type ServiceProperties as SdkProperties } from '@azure/data-tables';
import type {
  CorsMethod,
  CorsRule,
  LoggingProperties,
  MetricsProperties,
  ServiceProperties,
} from '../../../store/service-administration.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import type { AzureConnection } from '../azure-connection.js';
import { sendingAs, type ExpectedAnswer } from '../sdk-client.js';
import { serviceRequest } from './service-request.js';

type SdkLogging = NonNullable<SdkProperties['logging']>;
type SdkMetrics = NonNullable<SdkProperties['hourMetrics']>;
type SdkRule = NonNullable<SdkProperties['cors']>[number];

const SUBJECT = 'the service properties';
/** The version of the logging and metrics settings. The service defines no other. */
const VERSION = '1.0';

/** Returns the properties of the account's Table service. */
export async function getServiceProperties(
  connection: AzureConnection,
  options: OperationOptions | undefined,
): Promise<ServiceProperties> {
  const client = serviceClient(connection, { status: 200, element: 'StorageServiceProperties' });
  const found = await serviceRequest({ name: SUBJECT, kind: 'read' }, options, (settings) =>
    client.getProperties(settings),
  );
  const { logging, hourMetrics, minuteMetrics, cors } = found;
  return {
    ...(logging && { logging: readLogging(logging) }),
    ...(hourMetrics && { hourMetrics: readMetrics(hourMetrics) }),
    ...(minuteMetrics && { minuteMetrics: readMetrics(minuteMetrics) }),
    cors: (cors ?? []).map(readRule),
  };
}

/** Changes the given properties and leaves the others unchanged. */
export async function setServiceProperties(
  connection: AzureConnection,
  { logging, hourMetrics, minuteMetrics, cors }: ServiceProperties,
  options: OperationOptions | undefined,
): Promise<void> {
  const client = serviceClient(connection, { status: 202 });
  const changed: SdkProperties = {
    ...(logging && { logging: writeLogging(logging) }),
    ...(hourMetrics && { hourMetrics: writeMetrics(hourMetrics) }),
    ...(minuteMetrics && { minuteMetrics: writeMetrics(minuteMetrics) }),
    ...(cors && { cors: cors.map(writeRule) }),
  };
  await serviceRequest({ name: SUBJECT, kind: 'write' }, options, (settings) =>
    client.setProperties(changed, settings),
  );
}

function serviceClient({ client, httpClient }: AzureConnection, expected: ExpectedAnswer): TableServiceClient {
  const { url, pipeline } = client;
  const made = new TableServiceClient(url, { allowInsecureConnection: url.startsWith('http:'), httpClient });
  return sendingAs(made, pipeline, expected);
}

function readLogging({ read, write, delete: deletes, retentionPolicy }: SdkLogging): LoggingProperties {
  return { read, write, delete: deletes, ...readRetention(retentionPolicy) };
}

function writeLogging({ read, write, delete: deletes, retentionDays }: LoggingProperties): SdkLogging {
  return { version: VERSION, delete: deletes, read, write, retentionPolicy: writeRetention(retentionDays) };
}

function readMetrics({ enabled, includeAPIs, retentionPolicy }: SdkMetrics): MetricsProperties {
  return { enabled, ...(includeAPIs !== undefined && { includeAPIs }), ...readRetention(retentionPolicy) };
}

function writeMetrics({ enabled, includeAPIs = false, retentionDays }: MetricsProperties): SdkMetrics {
  // The service rejects IncludeAPIs if metrics are off, and requires it if they are on.
  return {
    version: VERSION,
    enabled,
    ...(enabled && { includeAPIs }),
    retentionPolicy: writeRetention(retentionDays),
  };
}

function readRetention(policy: SdkMetrics['retentionPolicy']): { readonly retentionDays?: number } {
  return policy?.enabled === true && policy.days !== undefined ? { retentionDays: policy.days } : {};
}

function writeRetention(days: number | undefined): SdkLogging['retentionPolicy'] {
  return days === undefined ? { enabled: false } : { enabled: true, days };
}

function readRule(rule: SdkRule): CorsRule {
  return {
    allowedOrigins: listed(rule.allowedOrigins),
    allowedMethods: listed(rule.allowedMethods) as readonly CorsMethod[],
    allowedHeaders: listed(rule.allowedHeaders),
    exposedHeaders: listed(rule.exposedHeaders),
    maxAgeInSeconds: rule.maxAgeInSeconds,
  };
}

function writeRule(rule: CorsRule): SdkRule {
  return {
    allowedOrigins: rule.allowedOrigins.join(','),
    allowedMethods: rule.allowedMethods.join(','),
    allowedHeaders: rule.allowedHeaders.join(','),
    exposedHeaders: rule.exposedHeaders.join(','),
    maxAgeInSeconds: rule.maxAgeInSeconds,
  };
}

function listed(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
