import type { InjectionToken } from '@nestjs/common';
import { invalidValue } from '../../options/check-option.js';
import { DataSource, metadataOf, type EntityClass } from '../../index.js';

const repositoryTokens = new WeakMap<object, Map<string | undefined, symbol>>();
let serial = 0;

/**
 * Returns the provider token of a connection's data source: the class `DataSource` itself for the unnamed connection.
 * Use it with `overrideProvider`, and in factories.
 */
export function dataSourceToken(connection?: string): InjectionToken<DataSource> {
  return connection === undefined ? DataSource : Symbol.for(`entitable/DataSource ${checkName(connection)}`);
}

/**
 * Returns the provider token of a repository: one symbol per class and connection, so that classes of the same name are
 * not confused. Use it with `overrideProvider`, and in factories. Throws `metadata.not-an-entity` if `target` is not a
 * class, e.g. because of a circular import.
 *
 * @param target An entity class, or a class that extends `Repository.of(…)`.
 */
export function repositoryToken(target: EntityClass, connection?: string): symbol {
  if (typeof target !== 'function') metadataOf(target);
  let ofClass = repositoryTokens.get(target);
  if (ofClass === undefined) repositoryTokens.set(target, (ofClass = new Map<string | undefined, symbol>()));
  let token = ofClass.get(connection);
  if (token === undefined) {
    const source = connection === undefined ? '' : ` of ${checkName(connection)}`;
    // The number makes each description unique: Nest 10 treats two dynamic modules as one if the descriptions of their
    // tokens are equal.
    ofClass.set(connection, (token = Symbol(`Repository of ${target.name}${source}, ${++serial}`)));
  }
  return token;
}

function checkName(connection: unknown): string {
  if (typeof connection === 'string') return connection;
  throw invalidValue('The name of a connection', 'a text', connection);
}
