import { createHmac } from 'node:crypto';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { NamedKey } from '../azure-target.js';

/** The name of the SDK's own policy, which this policy replaces. */
const NAME = 'tablesNamedKeyCredentialPolicy';

interface Signed {
  readonly url: string;
  readonly date: string;
  readonly name: string;
  readonly key: string;
  readonly header: string;
}

/**
 * Creates a policy that signs requests with the account's key (SharedKeyLite). The signature covers only the date and
 * the path, so inserts into a table, and transactions, that are sent within the same second share one signature. The
 * key is read for each request, because it can be rotated.
 */
export function sharedKey(credential: NamedKey): PipelinePolicy {
  let last: Signed | undefined;
  const now = clock();
  return {
    name: NAME,
    sendRequest(request, next) {
      const { headers, url } = request;
      const { name, key } = credential;
      let date = headers.get('x-ms-date');
      if (date === undefined || date === '') headers.set('x-ms-date', (date = now()));
      if (last?.url !== url || last.date !== date || last.key !== key || last.name !== name) {
        last = { url, date, name, key, header: `SharedKeyLite ${name}:${signature(date, url, credential)}` };
      }
      headers.set('Authorization', last.header);
      return next(request);
    },
  };
}

function signature(date: string, url: string, { name, key }: NamedKey): string {
  const { pathname, searchParams } = new URL(url);
  const comp = searchParams.get('comp') ?? ''; // the only signed query option
  const resource = `/${name}${pathname}${comp === '' ? '' : `?comp=${comp}`}`;
  return createHmac('sha256', Buffer.from(key, 'base64')).update(`${date}\n${resource}`).digest('base64');
}

/** Returns a function that returns the current time as an HTTP date, which it formats at most once a second. */
function clock(): () => string {
  let second = Number.NaN;
  let text = '';
  return () => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toUTCString();
    }
    return text;
  };
}
