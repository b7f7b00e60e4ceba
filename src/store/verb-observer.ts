/** What a program asked for, by one call. */
export interface Verb {
  /** The method, `query.` before those of queries. */
  readonly verb: VerbName;
  /** The class whose entities it is about, where it is of one. */
  readonly className?: string;
  /** The table's name in the store. */
  readonly table?: string;
}

/** The verbs of repositories, queries (`query.pages` also for iteration), bulk writes and units of work that reach the store. */
export type VerbName =
  | 'get'
  | 'getMany'
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

/** Is told of each verb when it ends, with what it cost. There is none where nobody listens. */
export interface VerbObserver {
  /** Carries a verb out. */
  run<R>(verb: Verb, work: () => R | Promise<R>): Promise<R>;
  /** Carries out a verb that gives its results little by little: it ends with them, or when no more are wanted. */
  iterate<I>(verb: Verb, items: AsyncGenerator<I, void, undefined>): AsyncGenerator<I, void, undefined>;
}
