import type { EntityClass } from '../metadata/key-types.js';
import type { EntityValidator } from '../validation/entity-validator.js';
import { DirectEntitySession } from './direct-entity-session.js';
import type { EntityMappers } from './entity-mappers.js';
import type { EntityOperations } from './entity-operations.js';
import type { EntitySessions } from './session.js';
import { observedSession } from './observed-session.js';

/** The session of a data source, which carries out every operation at once. */
export class DirectSession implements EntitySessions {
  readonly #mappers: EntityMappers;
  readonly #validator: EntityValidator;
  readonly #sessions = new Map<EntityClass, EntityOperations<object>>();

  constructor(mappers: EntityMappers, validator: EntityValidator) {
    this.#mappers = mappers;
    this.#validator = validator;
  }

  of<T extends object>(entityClass: EntityClass<T>): EntityOperations<T> {
    const known = this.#sessions.get(entityClass) as unknown as EntityOperations<T> | undefined;
    if (known !== undefined) return known;
    const direct = new DirectEntitySession(this.#mappers.of(entityClass), this.#validator);
    const session = observedSession(direct, this.#mappers, entityClass);
    this.#sessions.set(entityClass, session as unknown as EntityOperations<object>);
    return session;
  }
}
