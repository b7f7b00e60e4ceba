import type { InjectionToken } from '@nestjs/common';
import { invalidValue } from '../../options/check-option.js';
import { DataSource, metadataOf, type EntityClass } from '../../index.js';

const repositoryTokens = new WeakMap<object, Map<string | undefined, symbol>>();
let serial = 0;

/** The provider token of a connection's data source: the class `DataSource` itself for the connection without a name. For `overrideProvider`, and for factories. */
export function dataSourceToken(connection?: string): InjectionToken<DataSource> {
  return connection === undefined ? DataSource : Symbol.for(`entitable/DataSource ${checkName(connection)}`);
}

/**
 * The provider token of a repository: one symbol per class and connection, so that classes of one name cannot be taken for one another.
 * For `overrideProvider`, and for factories. Throws `metadata.not-an-entity` for what is no class, e.g. in a circle of imports.
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
    // The number counts: Nest 10 takes dynamic modules for one whose tokens read the same.
    ofClass.set(connection, (token = Symbol(`Repository of ${target.name}${source}, ${++serial}`)));
  }
  return token;
}

function checkName(connection: unknown): string {
  if (typeof connection === 'string') return connection;
  throw invalidValue('The name of a connection', 'a text', connection);
}
