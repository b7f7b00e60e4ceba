import { EntitableError } from '../errors/entitable-error.js';

/** Requests that a query may plan, where nobody says how many. */
export const MOST_REQUESTS = 1000;

/** How many requests a query may still plan: what would be more is refused before it is made. */
export class RequestBudget {
  readonly limit: number;
  #planned = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Refuses so many more. Throws `query.too-many-requests`. */
  check(more: number): void {
    if (this.#planned + more > this.limit) throw tooMany(this.#planned + more, this.limit);
  }

  /** Plans so many more. Throws `query.too-many-requests`. */
  take(more: number): void {
    this.check(more);
    this.#planned += more;
  }
}

function tooMany(count: number, limit: number): EntitableError {
  return new EntitableError(
    'query.too-many-requests',
    `The query would be ${count} requests at least, and may be ${limit}: the values of each "in" are multiplied by those of the others and ` +
      'by the partitions. Ask for fewer values at once, or read single rows with getMany(keys). Where so many are meant, allow them with ' +
      'maxRequests(n) of the query, or maxQueryRequests of the data source.',
    { count, limit },
  );
}
