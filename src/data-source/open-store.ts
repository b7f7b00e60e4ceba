import { checkChoice, adviceFor, unknownNameIn, hasMember } from '../options/check-option.js';
import { resolveLimits, STORAGE_LIMITS, type ServiceLimits } from '../store/limits.js';
import type { Deadline } from '../async/deadline.js';
import type { TableStore } from '../store/table-store.js';
import { wrapStore } from '../store/wrap-store.js';
import { unknownTarget } from '../store/unknown-target.js';
import type { AzureTarget } from '../stores/azure/azure-target.js';
import type { DataSourceOptions, DataSourceTarget } from './options.js';
import { pathProblem, type DiskScheme } from './disk-path.js';
import { isConnectionString, targetProblem, textProblem } from './target-problem.js';

/** An opened store and its origin: embedded, Azure, or supplied by the user. */
export interface OpenedStore {
  readonly store: TableStore;
  readonly kind: 'embedded' | 'azure' | 'own';
}

/**
 * Opens the store that a target names, loading the packages it needs only now. Throws `store.unknown-target`, which
 * never quotes the target: it may hold a key.
 */
export async function openStore(
  target: DataSourceTarget,
  options: DataSourceOptions,
  deadline: Deadline,
): Promise<OpenedStore> {
  const { limits, clock, durability, fileMode } = options;
  if (typeof target === 'string') {
    const problem = textProblem(target);
    if (problem !== undefined) throw unknownTarget(problem);
    if (target === 'memory:') {
      const { memoryStore } = await import('../stores/memory/memory-store.js');
      return { kind: 'embedded', store: memoryStore({ limits: resolveLimits(STORAGE_LIMITS, limits), clock }) };
    }
    if (target.startsWith('sqlite:') && target !== 'sqlite:') {
      const path = targetPath('sqlite', target.slice('sqlite:'.length));
      const { sqliteStore } = await import('../stores/sqlite/sqlite-store.js');
      const settings = { limits: resolveLimits(STORAGE_LIMITS, limits), clock, durability, fileMode };
      return { kind: 'embedded', store: await sqliteStore(path, settings, deadline) };
    }
    if (target.startsWith('lmdb:') && target !== 'lmdb:') {
      const path = targetPath('lmdb', target.slice('lmdb:'.length));
      const { lmdbStore } = await import('../stores/lmdb/lmdb-store.js');
      const settings = { limits: resolveLimits(STORAGE_LIMITS, limits), clock, durability, fileMode };
      return { kind: 'embedded', store: await lmdbStore(path, settings) };
    }
    if (!isConnectionString(target)) throw unknownTarget(targetProblem(target));
  } else if (isTableStore(target)) {
    const own = target.traits.limits;
    return { kind: 'own', store: limits === undefined ? target : withLimits(target, resolveLimits(own, limits)) };
  } else if (isAzure(target)) {
    checkMembers(target);
    if (target.service !== undefined) checkChoice('service', target.service, ['storage', 'cosmos']);
  } else {
    throw unknownTarget(targetProblem(target));
  }
  const { openAzure } = await import('../stores/azure/open-azure.js');
  const { httpClient, service, maxSockets, maxAnswerBytes } = options;
  // Only this library retries: the SDK's own retries would multiply the attempts.
  const settings = { limits, httpClient, service, maxSockets, maxAnswerBytes, retry: { maxRetries: 0 } };
  return { kind: 'azure', store: await openAzure(target, settings) };
}

function targetPath(scheme: DiskScheme, path: string): string {
  const problem = pathProblem(scheme, path);
  if (problem !== undefined) throw unknownTarget(problem);
  return path;
}

/**
 * Refuses a target with an unknown member, such as a misspelt `credential`, which would otherwise be ignored silently.
 * Throws `store.unknown-target`.
 */
function checkMembers(target: object): void {
  const unknown = unknownNameIn(target, MEMBERS);
  if (unknown !== undefined)
    throw unknownTarget(`The object has a member "${unknown}", which no target has. ${adviceFor(unknown, MEMBERS)}`);
}

const MEMBERS = Object.freeze({
  endpoint: true,
  credential: true,
  identity: true,
  serviceClient: true,
  tableClient: true,
  service: true,
});

function isAzure(target: unknown): target is Exclude<AzureTarget, string> {
  return (
    typeof target === 'object' && ['endpoint', 'serviceClient', 'tableClient'].some((name) => hasMember(target, name))
  );
}

function isTableStore(target: unknown): target is TableStore {
  return ['traits', 'rows', 'submit'].every((name) => hasMember(target, name));
}

function withLimits(store: TableStore, limits: ServiceLimits): TableStore {
  return wrapStore(store, { traits: Object.freeze({ ...store.traits, limits }) });
}
