import { checkNames, isList, refusedOption, type KnownNames, type OptionNames } from '../options/check-option.js';
import type {
  CorsMethod,
  CorsRule,
  LoggingProperties,
  MetricsProperties,
  ServiceProperties,
} from '../store/service-administration.js';

/**
 * Limits of the service: CORS rules, entries in each list of a rule, header prefixes such as `x-ms-*` in each list, and
 * characters in an entry.
 */
const MOST_RULES = 5;
const MOST_PARTS = 64;
const MOST_PREFIXES = 2;
const LONGEST_PART = 256;
/** Maximum total size of the CORS rules in bytes, in the form in which they are sent, but without the XML tags. */
const MOST_CORS_BYTES = 2048;
const LONGEST_AGE = 2 ** 31 - 1;
const LONGEST_RETENTION = 365;
const METHODS: readonly CorsMethod[] = ['DELETE', 'GET', 'HEAD', 'MERGE', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

const PROPERTIES: OptionNames<ServiceProperties> = {
  logging: true,
  hourMetrics: true,
  minuteMetrics: true,
  cors: true,
};
const LOGGING: OptionNames<LoggingProperties> = { read: true, write: true, delete: true, retentionDays: true };
const METRICS: OptionNames<MetricsProperties> = { enabled: true, includeAPIs: true, retentionDays: true };
const RULE: OptionNames<CorsRule> = {
  allowedOrigins: true,
  allowedMethods: true,
  allowedHeaders: true,
  exposedHeaders: true,
  maxAgeInSeconds: true,
};

/**
 * Rejects properties that the service would reject, and an object that sets none of them. Throws
 * `validation.invalid-option`.
 */
export function checkServiceProperties(properties: ServiceProperties): void {
  checkMembers('the service properties', properties, PROPERTIES);
  const { logging, hourMetrics, minuteMetrics, cors } = properties ?? {};
  if (logging === undefined && hourMetrics === undefined && minuteMetrics === undefined && cors === undefined) {
    throw refusedOption('properties', 'one at least of logging, hourMetrics, minuteMetrics and cors', properties);
  }
  if (logging !== undefined) {
    checkMembers('logging', logging, LOGGING);
    checkFlags('logging', logging, ['read', 'write', 'delete']);
    checkRetention('logging', logging);
  }
  for (const [name, metrics] of Object.entries({ hourMetrics, minuteMetrics })) {
    if (metrics === undefined) continue;
    checkMembers(name, metrics, METRICS);
    checkFlags(name, metrics, metrics.includeAPIs === undefined ? ['enabled'] : ['enabled', 'includeAPIs']);
    if (metrics.includeAPIs === true && !metrics.enabled) {
      throw refusedOption(`${name}.includeAPIs`, 'true only where enabled is true', metrics.includeAPIs);
    }
    checkRetention(name, metrics);
  }
  if (cors !== undefined) checkCors(cors);
}

/** Rejects CORS rules that the service would reject. Throws `validation.invalid-option`. */
export function checkCors(rules: readonly CorsRule[]): void {
  if (!isList(rules) || rules.length > MOST_RULES) {
    throw refusedOption('cors', `a list of at most ${MOST_RULES} rules`, rules);
  }
  for (const [index, rule] of rules.entries()) {
    const option = `cors[${index}]`;
    if (typeof rule !== 'object' || rule === null) throw refusedOption(option, 'a rule', rule);
    checkNames(rule, RULE, option);
    const { allowedOrigins, allowedMethods, allowedHeaders, exposedHeaders, maxAgeInSeconds } = rule;
    checkParts(`${option}.allowedOrigins`, allowedOrigins, 1);
    checkParts(`${option}.allowedMethods`, allowedMethods, 1);
    if (!allowedMethods.every((method) => METHODS.includes(method))) {
      throw refusedOption(`${option}.allowedMethods`, `a list of ${METHODS.join(', ')}`, allowedMethods);
    }
    checkParts(`${option}.allowedHeaders`, allowedHeaders);
    checkParts(`${option}.exposedHeaders`, exposedHeaders);
    if (!Number.isInteger(maxAgeInSeconds) || maxAgeInSeconds < 0 || maxAgeInSeconds > LONGEST_AGE) {
      throw refusedOption(`${option}.maxAgeInSeconds`, `whole seconds, 0 to ${LONGEST_AGE}`, maxAgeInSeconds);
    }
  }
  if (Buffer.byteLength(rules.map(textOf).join('')) > MOST_CORS_BYTES) {
    throw refusedOption('cors', `rules of ${MOST_CORS_BYTES} bytes together, as lists with commas`, rules);
  }
}

function textOf({ allowedOrigins, allowedMethods, allowedHeaders, exposedHeaders, maxAgeInSeconds }: CorsRule): string {
  return [allowedOrigins, allowedMethods, allowedHeaders, exposedHeaders, maxAgeInSeconds].map(String).join('');
}

function checkMembers(option: string, value: unknown, known: KnownNames): void {
  if (typeof value === 'object' && value !== null) checkNames(value, known, option);
}

function checkFlags(option: string, value: object, names: readonly string[]): void {
  for (const name of names) {
    const flag: unknown = (value as Readonly<Record<string, unknown>> | null)?.[name];
    if (typeof flag !== 'boolean') throw refusedOption(`${option}.${name}`, 'true or false', flag);
  }
}

function checkRetention(option: string, { retentionDays }: { readonly retentionDays?: number | undefined }): void {
  if (retentionDays === undefined) return;
  if (!Number.isInteger(retentionDays) || retentionDays < 1 || retentionDays > LONGEST_RETENTION) {
    throw refusedOption(`${option}.retentionDays`, `whole days, 1 to ${LONGEST_RETENTION}`, retentionDays);
  }
}

/**
 * Checks a list in a CORS rule. No entry may contain a comma, because the service stores the list as comma-separated
 * text. Header prefixes such as `x-ms-*` have a limit of their own.
 */
function checkParts(option: string, parts: readonly string[], least = 0): void {
  const isFitting =
    isList(parts) &&
    parts.length >= least &&
    parts.every((part) => typeof part === 'string' && /^[^,\s]+$/.test(part) && part.length <= LONGEST_PART);
  const prefixes = isFitting ? parts.filter((part) => part.endsWith('*')).length : 0;
  if (!isFitting || prefixes > MOST_PREFIXES || parts.length - prefixes > MOST_PARTS) {
    const expected =
      `a list of ${least} to ${MOST_PARTS} texts without commas and spaces, ${LONGEST_PART} characters at most, ` +
      `and ${MOST_PREFIXES} that end with *`;
    throw refusedOption(option, expected, parts);
  }
}
