import type { EntityClass } from '../metadata/key-types.js';
import type { VerbName, VerbObserver } from '../store/verb-observer.js';
import type { EntityMappers } from './entity-mappers.js';
import type { EntityOperations } from './entity-operations.js';

/**
 * Reports the operations of a session to the listener of the data source. Returns the session itself if there is no
 * listener. Queries report their own operations.
 */
export function observedSession<T extends object>(
  session: EntityOperations<T>,
  mappers: EntityMappers,
  entityClass: EntityClass<T>,
): EntityOperations<T> {
  const { verbs } = mappers.queries;
  if (verbs === undefined) return session;
  const { metadata, table } = mappers.of(entityClass);
  return observing(session, verbs, { className: metadata.className, table });
}

function observing<T extends object>(
  session: EntityOperations<T>,
  verbs: VerbObserver,
  subject: { readonly className: string; readonly table: string },
): EntityOperations<T> {
  const observed = <R>(verb: VerbName, work: () => Promise<R>): Promise<R> => verbs.run({ verb, ...subject }, work);
  return {
    create: (values) => session.create(values),
    assign: (entity, patch) => session.assign(entity, patch),
    query: (partition) => session.query(partition),
    scan: () => session.scan(),
    by: (index, key) => session.by(index, key),
    getBy: (index, key, options) => observed('getBy', () => session.getBy(index, key, options)),
    get: (key, options) => observed('get', () => session.get(key, options)),
    getMany: (keys, options) => observed('getMany', () => session.getMany(keys, options)),
    exists: (key, options) => observed('exists', () => session.exists(key, options)),
    refresh: (entity, options) => observed('refresh', () => session.refresh(entity, options)),
    insert: (entity, options) => observed('insert', () => session.insert(entity, options)),
    save: (entity, options) => observed('save', () => session.save(entity, options)),
    merge: (key, patch, options) => observed('merge', () => session.merge(key, patch, options)),
    replace: (entity, options) => observed('replace', () => session.replace(entity, options)),
    upsert: (entity, options) => observed('upsert', () => session.upsert(entity, options)),
    delete: (entityOrKey, options) => observed('delete', () => session.delete(entityOrKey, options)),
    modify: (key, change, options) => observed('modify', () => session.modify(key, change, options)),
    insertMany: (entities, options) => observed('insertMany', () => session.insertMany(entities, options)),
    upsertMany: (entities, options) => observed('upsertMany', () => session.upsertMany(entities, options)),
    mergeMany: (changes, options) => observed('mergeMany', () => session.mergeMany(changes, options)),
    deleteMany: (items, options) => observed('deleteMany', () => session.deleteMany(items, options)),
  };
}
