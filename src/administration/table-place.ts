import { typeName } from '../errors/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { ALL_KEYS } from '../filter/key-range.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import type { EntityClass } from '../metadata/key-types.js';
import { planLegs } from '../query/planner.js';
import { readPlan, type Chunk } from '../query/execute-plan.js';
import { scopeOf, type Scope } from '../query/plan.js';
import type { EntityMappers } from '../repository/entity-mappers.js';
import type { FilterNode } from '../store/filter-node.js';
import type { RowReader, RowShape } from '../store/row.js';
import type { ReadRequest, Rows, TableStore } from '../store/table-store.js';
import type { OperationOptions } from '../options/operation-options.js';
import { checkTableName, nameForm } from './list-tables.js';

/** What administration works on: one connection. */
export interface AdministeredTables {
  /** As repositories use it: a missing table may be made by a write. */
  readonly store: TableStore;
  /** The same, but that a missing table is an error: what was to be read or emptied was misspelt, not empty. */
  readonly strict: TableStore;
  /** Whether a write makes a missing table. */
  readonly makesTables: boolean;
  /** Know the tables of classes. */
  readonly mappers: EntityMappers;
}

/** The rows of a table, or of a class in its table. */
export interface TablePlace {
  readonly tables: AdministeredTables;
  /** The table's name in the store. */
  readonly table: string;
  readonly scope: Scope;
  /** Of the class, where it is one. */
  readonly metadata?: EntityMetadata;
}

const ALL_ROWS: Scope = Object.freeze({ partitionKey: ALL_KEYS, rowKey: ALL_KEYS, known: new Map() });

/** Where a name or a class stands. Throws `validation.invalid-option` and `metadata.*`. */
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
  const { metadata, table: name } = tables.mappers.of(table);
  return { tables, table: name, scope: scopeOf(metadata, undefined), metadata };
}

/** Refuses a copy of rows onto themselves, which would read what it writes. Throws `validation.invalid-option`. */
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

/** No property is declared: every one is read and written as it is stored. */
const NO_SHAPE: RowShape = Object.freeze({ properties: Object.freeze([]) });

/** The rows of a table of a store, with every property as it is stored. */
export function storedRows(store: TableStore, table: string): Rows {
  return store.rows(table, NO_SHAPE);
}

/** How rows are read. */
export interface TableReading<R> {
  readonly request: ReadRequest;
  readonly decode: (row: RowReader) => R;
  readonly pageSize?: number;
  /** Pages that are requested ahead; 1 by default. */
  readonly ahead?: number;
}

/** Reads the rows of a place that pass a filter, page by page; Throws `query.too-many-comparisons` at once. */
export function readRows<R>(
  { tables: { strict }, table, scope }: TablePlace,
  filter: FilterNode | boolean,
  { request, decode, pageSize, ahead = 1 }: TableReading<R>,
  { signal, timeout }: OperationOptions,
): AsyncGenerator<Chunk<R>, void, undefined> {
  const { limits } = strict.traits;
  const reader = {
    rows: storedRows(strict, table),
    plan: { legs: planLegs(scope, filter, limits) },
    reading: { request, decode },
    pageSize: Math.min(pageSize ?? limits.pageRows, limits.pageRows),
    comparisons: limits.comparisons,
    ahead,
  };
  return readPlan(reader, { leg: 0 }, { signal, timeout });
}
