/** A verb: one call that the program makes to a method that reaches the store. `onVerb` reports verbs. */
export interface Verb {
  /** The name of the method, prefixed with `query.` for the methods of queries. */
  readonly verb: VerbName;
  /** The name of the entity class, if the call concerns a single one. */
  readonly className?: string;
  /** The name of the table in the store. */
  readonly table?: string;
}

/**
 * The methods that reach the store: those of repositories, queries (`query.pages` also stands for iteration), bulk
 * writes and units of work.
 */
export type VerbName =
  | 'get'
  | 'getMany'
  | 'getBy'
  | 'exists'
  | 'refresh'
  | 'insert'
  | 'save'
  | 'merge'
  | 'replace'
  | 'upsert'
  | 'delete'
  | 'modify'
  | 'insertMany'
  | 'upsertMany'
  | 'mergeMany'
  | 'deleteMany'
  | 'query.pages'
  | 'query.page'
  | 'query.forEach'
  | 'query.toArray'
  | 'query.first'
  | 'query.firstOrThrow'
  | 'query.single'
  | 'query.count'
  | 'query.exists'
  | 'query.delete'
  | 'query.merge'
  | 'commit';

/**
 * Reports each verb when it ends, with the number of its store operations, requests, retries and rows. A data source
 * has one only if its option `onVerb` is set.
 */
export interface VerbObserver {
  /** Calls `work`, which carries out the verb, and reports the verb when the result is settled. */
  run<R>(verb: Verb, work: () => R | Promise<R>): Promise<R>;
  /**
   * Iterates over the results of a verb that returns them one by one. The verb ends with the last result, or when the
   * consumer stops iterating.
   */
  iterate<I>(verb: Verb, items: AsyncGenerator<I, void, undefined>): AsyncGenerator<I, void, undefined>;
}
