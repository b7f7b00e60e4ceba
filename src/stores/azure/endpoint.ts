import { typeName } from '../../errors/type-name.js';
import { settingProblem } from '../../options/setting-problem.js';
import { unknownTarget } from '../../store/unknown-target.js';

/**
 * Matches the hosts of Azure's table endpoints. Each account has a host of its own, so a path in such a URL is a
 * mistake.
 */
const AZURE_HOST = /\.table\.(?:core|cosmos|cosmosdb|storage)\./;
const OTHER_SERVICE = /\.(?:blob|queue|file|dfs|web)\.(?:core|storage)\./;

/**
 * Validates the endpoint of an account's tables. Throws `store.unknown-target`.
 *
 * @param isKnown True if the option `service` names the service, so that it need not be inferred from the host. The
 * URL may then have a path, such as that of a proxy.
 */
export function endpointUrl(endpoint: unknown, isKnown: boolean): URL {
  const problem = settingProblem('The endpoint', endpoint) ?? textProblem(endpoint);
  if (problem !== undefined) throw unknownTarget(problem);
  const url = new URL(endpoint as string);
  if (url.search !== '') throw unknownTarget(queryProblem(url));
  if (url.hash !== '' || url.username !== '' || url.password !== '') {
    throw unknownTarget(
      'The endpoint has a user, a password or a fragment, which no account has in its URL. Give the credential beside it.',
    );
  }
  checkEndpoint(url, isKnown);
  return url;
}

/**
 * Rejects a URL that cannot be the endpoint of an account's tables. The URL comes from a target, or from a client that
 * was passed in.
 */
export function checkEndpoint({ hostname, pathname }: URL, isKnown: boolean): void {
  if (!/^(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*|\[[\da-f:.]+\])$/i.test(hostname)) {
    throw unknownTarget(
      'The host of the endpoint is none: it has a quotation mark, a space, or nothing between, before or behind its dots.',
    );
  }
  if (OTHER_SERVICE.test(hostname)) {
    throw unknownTarget(
      'The endpoint is that of blobs, queues or files. Tables are at https://ACCOUNT.table.core.windows.net.',
    );
  }
  if (/\.documents\./.test(hostname)) {
    throw unknownTarget(
      'The endpoint is that of Cosmos DB for NoSQL, whose documents are no tables. That of an account for Table is https://ACCOUNT.table.cosmos.azure.com.',
    );
  }
  const names = pathname.split('/').filter((name) => name !== '');
  if (names.length > 0 && AZURE_HOST.test(hostname)) {
    throw unknownTarget(
      "The endpoint has a path, the name of a table perhaps. Give the account's alone, https://ACCOUNT.table.core.windows.net: an entity class says its table.",
    );
  }
  if (names.length > 1 && !isKnown) {
    throw unknownTarget(
      "The endpoint has a path of several names. The emulator's is http://HOST:PORT/ACCOUNT, without a table; behind a proxy say service: 'storage' or 'cosmos' beside it.",
    );
  }
}

function textProblem(endpoint: unknown): string | undefined {
  if (typeof endpoint !== 'string') {
    return `The endpoint is of the type ${typeName(endpoint)}, where a text belongs${endpoint instanceof URL ? ': give url.href' : ''}.`;
  }
  if (/[\s\0]/.test(endpoint)) return 'The endpoint has white space within it.';
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(endpoint))
    return 'The endpoint is no URL: it begins with https://, or with http:// for an emulator.';
  if (!/^https?:/i.test(endpoint)) return 'The endpoint is a URL of another scheme than https or http.';
  return URL.canParse(endpoint) ? undefined : 'The endpoint is no URL that can be read.';
}

function queryProblem({ searchParams }: URL): string {
  return searchParams.has('sig')
    ? 'The endpoint has a shared access signature behind it: give the URL up to the question mark, and credential: { signature } with what follows it.'
    : 'The endpoint has a query: give the URL up to the question mark.';
}
