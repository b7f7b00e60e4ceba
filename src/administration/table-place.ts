import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { readOption } from '../options/check-option.js';
import { ALL_KEYS } from '../filter/key-range.js';
import { joinedNodes } from '../filter/lower-filter.js';
import type { EntityMapper } from '../mapping/entity-mapper.js';
import type { EntityClass } from '../metadata/key-types.js';
import { planLegs } from '../query/planning/planner.js';
import { hiddenRows } from '../query/query-state.js';
import { readPlan, type Chunk } from '../query/execute-plan.js';
import { scopeOf, type Scope } from '../query/planning/plan.js';
import type { EntityMappers } from '../repository/entity-mappers.js';
import type { FilterNode } from '../store/filter-node.js';
import type { RowReader, RowShape } from '../store/row.js';
import type { ReadRequest, Rows, TableStore } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { checkTableName, nameForm } from './list-tables.js';

/** The parts of a data source that the administration of its tables needs. */
export interface AdministeredTables {
  /** The store as repositories use it: a write may create a missing table. */
  readonly store: TableStore;
  /**
   * The same store, except that it does not create tables. It is used to read and to empty tables, where a missing
   * table is an error because its name was probably misspelt.
   */
  readonly strict: TableStore;
  /** True if a write creates a missing table. */
  readonly makesTables: boolean;
  /** The mappers of entity classes, which know the names of their tables. */
  readonly mappers: EntityMappers;
}

/** A set of rows to administer: all rows of a table, or the rows of one entity class in its table. */
export interface TablePlace {
  readonly tables: AdministeredTables;
  /** The table's name in the store. */
  readonly table: string;
  readonly scope: Scope;
  /** The mapper of the entity class, if the rows are those of a class. */
  readonly mapper?: EntityMapper<object>;
}

const ALL_ROWS: Scope = Object.freeze({ partitionKey: ALL_KEYS, rowKey: ALL_KEYS, known: new Map() });

/**
 * Returns the set of rows that a table name or an entity class stands for. Throws `validation.invalid-option` and
 * `metadata.*`.
 */
export function placeIn(tables: AdministeredTables, table: string | EntityClass): TablePlace {
  if (typeof table === 'string') return { tables, table: checkTableName(table), scope: ALL_ROWS };
  if (typeof table !== 'function') {
    const expected = 'a table name or an entity class';
    throw new EntitableError('validation.invalid-option', `A table is ${expected}, not ${typeName(table)}.`, {
      option: 'table',
      expected,
      found: typeName(table),
    });
  }
  const mapper = tables.mappers.of(table);
  return { tables, table: mapper.table, scope: scopeOf(mapper.metadata, undefined), mapper };
}

/** Key under which a data source exposes its tables to other instances, even those of another copy of this package. */
export const ADMINISTERED: unique symbol = Symbol.for('entitable/administered-tables') as never;

/**
 * Returns the rows that an argument of a copy stands for, in this data source or in the one that it names. Throws
 * `validation.invalid-option` and `metadata.*`.
 */
export function placeOf(
  tables: AdministeredTables,
  reference: string | EntityClass | { readonly dataSource: object; readonly table: string | EntityClass },
  option: string,
): TablePlace {
  if (typeof reference !== 'object' || reference === null) return placeIn(tables, reference);
  const { dataSource, table } = readOption(option, () => ({ ...reference }));
  const administered = readOption(option, () => (dataSource as Administered | undefined)?.tables?.[ADMINISTERED]);
  if (administered !== undefined) return placeIn(administered, table);
  const expected = 'a table name, an entity class, or { dataSource, table } with a DataSource';
  throw new EntitableError('validation.invalid-option', `${option} takes ${expected}.`, {
    option,
    expected,
    found: typeName(dataSource),
  });
}

/** A data source, seen from the administration of any data source. */
interface Administered {
  readonly tables?: { readonly [ADMINISTERED]?: AdministeredTables };
}

/** Rejects a copy from a table to itself, which would read its own writes. Throws `validation.invalid-option`. */
export function refuseSamePlace(from: TablePlace, to: TablePlace): void {
  const form = nameForm(from.tables.strict);
  const { identity } = from.tables.strict.traits;
  if (identity !== to.tables.strict.traits.identity || form(from.table) !== form(to.table)) return;
  const expected = 'another table than the one that is copied';
  throw new EntitableError('validation.invalid-option', `to takes ${expected}, not ${from.table} again.`, {
    option: 'to',
    expected,
    found: 'the same table',
  });
}

/** A shape without declared properties, so that all properties are read and written in their stored form. */
const NO_SHAPE: RowShape = Object.freeze({ properties: Object.freeze([]) });

/** Returns access to the rows of a table, with all properties in their stored form. */
export function storedRows(store: TableStore, table: string): Rows {
  return store.rows(table, NO_SHAPE);
}

/** Settings of `readRows`: the properties to request, and how to decode a row. */
export interface TableReading<R> {
  /** The rows to read, in the shape of a class; by default all properties are in their stored form. */
  readonly rows?: Rows;
  readonly request: ReadRequest;
  readonly decode: (row: RowReader) => R;
  readonly pageSize?: number;
  /** Number of pages to request ahead; 1 by default. */
  readonly ahead?: number;
}

/**
 * Reads the rows of a table or of an entity class that match a filter, page by page. Entries of indexes are no rows of
 * a class. Throws
 * `query.too-many-comparisons` before it sends a request.
 */
export function readRows<R>(
  { tables: { strict }, table, scope, mapper }: TablePlace,
  filter: FilterNode | boolean,
  { rows, request, decode, pageSize, ahead = 1 }: TableReading<R>,
  { signal, timeout }: OperationOptions,
): AsyncGenerator<Chunk<R>, void, undefined> {
  const { limits } = strict.traits;
  const reader = {
    rows: rows ?? storedRows(strict, table),
    plan: { legs: planLegs(scope, joinedNodes('and', [filter, ...(mapper ? hiddenRows(mapper) : [])]), limits) },
    reading: { request, decode },
    pageSize: Math.min(pageSize ?? limits.pageRows, limits.pageRows),
    comparisons: limits.comparisons,
    ahead,
  };
  return readPlan(reader, { leg: 0 }, { signal, timeout });
}
