/** A verb: one call by the program of a method that reaches the store, as observers see it. */
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
 * Reports each verb when it ends, with the number of its store operations, requests, retries and rows. It exists only
 * if the program has set `onVerb`.
 */
export interface VerbObserver {
  /** Runs a verb. */
  run<R>(verb: Verb, work: () => R | Promise<R>): Promise<R>;
  /**
   * Runs a verb that returns its results one by one. It ends with the last of them, or when the consumer stops
   * iterating.
   */
  iterate<I>(verb: Verb, items: AsyncGenerator<I, void, undefined>): AsyncGenerator<I, void, undefined>;
}
