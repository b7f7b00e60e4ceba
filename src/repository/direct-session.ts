import { EntityMapper } from '../mapping/entity-mapper.js';
import type { EntityClass } from '../metadata/entity-types.js';
import { metadataOf } from '../metadata/metadata-of.js';
import type { TableStore } from '../store/table-store.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import { DirectEntitySession } from './direct-entity-session.js';
import type { EntitySession, Session } from './session.js';

/** What a session that writes at once stands on. */
export interface DirectSessionOptions {
  readonly store: TableStore;
  readonly validator: EntityValidator;
  /** The name in the store of a class's table. */
  readonly tableName: (name: string) => string;
}

/** The session of a data source: every verb is carried out at once. */
export class DirectSession implements Session {
  readonly #options: DirectSessionOptions;
  readonly #sessions = new Map<EntityClass, EntitySession<object>>();

  constructor(options: DirectSessionOptions) {
    this.#options = options;
  }

  of<T extends object>(entityClass: EntityClass<T>): EntitySession<T> {
    const known = this.#sessions.get(entityClass) as unknown as EntitySession<T> | undefined;
    if (known !== undefined) return known;
    const { store, tableName, validator } = this.#options;
    const metadata = metadataOf(entityClass);
    const session = new DirectEntitySession(new EntityMapper(metadata, store, tableName(metadata.table)), validator);
    this.#sessions.set(entityClass, session as unknown as EntitySession<object>);
    return session;
  }
}
