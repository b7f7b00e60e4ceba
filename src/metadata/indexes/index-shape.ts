import { typeName } from '../../errors/type-name.js';
import type { IndexPart, IndexSpec } from './declaration.js';

/**
 * Describes an option of an index that has the wrong type, for options that the compiler has not checked, e.g. those in
 * JavaScript code. Returns `undefined` if all types are right; only then may the values of the options be checked.
 */
export function shapeProblem(spec: IndexSpec): string | undefined {
  return (
    partsProblem('on', spec.on) ??
    partsProblem('partition', spec.partition) ??
    projectProblem(spec.project) ??
    whereProblem(spec.where) ??
    scalarProblem(spec) ??
    graceProblem(spec.grace)
  );
}

function partsProblem(option: string, parts: readonly IndexPart[] | undefined): string | undefined {
  if (parts === undefined) return undefined;
  if (!Array.isArray(parts)) return `takes an array of properties in ${option}, not ${typeName(parts)}`;
  for (const part of parts as readonly unknown[]) {
    const problem = typeof part === 'string' ? undefined : pairProblem(part);
    if (problem !== undefined) return `has in ${option} ${problem}`;
  }
  return undefined;
}

const ORDERS: readonly unknown[] = [undefined, 'preserved', 'reversed', 'none'];

function pairProblem(part: unknown): string | undefined {
  if (!Array.isArray(part) || part.length !== 2 || typeof part[0] !== 'string')
    return `a part that is ${typeName(part)}: name a property, or give [name, text]`;
  const [name, text] = part as [string, unknown];
  const { toStored, fromStored, type, order, equality } = (text ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof toStored !== 'function') return `a text of ${name} without a function toStored`;
  if (fromStored !== undefined && typeof fromStored !== 'function')
    return `a text of ${name} whose fromStored is no function`;
  if (type !== undefined && type !== 'String')
    return `a converter of ${name} that gives no String: in an index a value is text`;
  if (!ORDERS.includes(order)) return `a text of ${name} whose order is neither 'preserved' nor 'reversed' nor 'none'`;
  if (equality === false) return `a text of ${name} that may differ for equal values`;
  return undefined;
}

function projectProblem(project: unknown): string | undefined {
  if (project === undefined || (Array.isArray(project) && project.every((name) => typeof name === 'string')))
    return undefined;
  return 'takes an array of property names in project';
}

function whereProblem(where: unknown): string | undefined {
  if (where === undefined) return undefined;
  const prototype: unknown = typeof where === 'object' && where !== null ? Object.getPrototypeOf(where) : where;
  return prototype === Object.prototype || prototype === null
    ? undefined
    : `takes an object of values by property in where, not ${typeName(where)}`;
}

function scalarProblem({ unique, building, name, table }: IndexSpec): string | undefined {
  for (const [option, value, type] of [
    ['unique', unique, 'boolean'],
    ['building', building, 'boolean'],
    ['name', name, 'string'],
    ['table', table, 'string'],
  ] as const) {
    if (value !== undefined && typeof value !== type) return `takes a ${type} as ${option}, not ${typeName(value)}`;
  }
  return undefined;
}

function graceProblem(grace: unknown): string | undefined {
  if (grace === undefined || (typeof grace === 'number' && grace > 0 && Number.isFinite(grace))) return undefined;
  return 'takes a positive number of milliseconds as grace';
}
