import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ascendingBigInt,
  ascendingInteger,
  descendingBigInt,
  descendingInteger,
  guidKey,
} from '../../src/metadata/converters/integer-keys.js';
import { ticks, ticksOfDate } from '../../src/metadata/converters/ticks.js';
import { newestFirst, oldestFirst } from '../../src/metadata/converters/date-keys.js';
import { defineEntity } from '../../src/metadata/define-entity.js';
import { composeKey, parseKey, type KeyTemplate } from '../../src/metadata/key-template.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { Guid } from '../../src/edm/guid.js';
import { index, type IndexSpec } from '../../src/metadata/indexes/declaration.js';
import type { EntityClass } from '../../src/metadata/key-types.js';
import { ROOT } from './guide.js';

/** Returns the rows of the table under a heading of `docs/keys.md`, as the code spans of each cell. */
function tableUnder(heading: string): readonly (readonly (readonly string[])[])[] {
  const section = readFileSync(join(ROOT, 'docs/keys.md'), 'utf8').split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  const rows = section
    .split('\n')
    .filter((line, at, lines) => line.startsWith('|') && !isHead(lines[at + 1]) && !isHead(line));
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) =>
        [...cell.matchAll(/`([^`]*)`|\(empty\)/g)].map(([, code = '']) => code.replaceAll(String.raw`\|`, '|')),
      ),
  );
}

/** Returns whether a line separates the head of a table from its rows. */
function isHead(line: string | undefined): boolean {
  return line?.startsWith('| --') === true;
}

function rowKeyOf(template: string, names: readonly string[]) {
  const entityClass = class {};
  const properties = Object.fromEntries(names.map((name) => [name, 'RowKey']));
  defineEntity(entityClass, { table: 'Keys', partitionKey: 'P', rowKey: template, properties });
  return metadataOf(entityClass).rowKey;
}

/** Declares an index of a class with one property of each kind, and returns the template of the keys of its entries. */
function entryKey(name: string, spec: IndexSpec, rowKey = 'user|{id}'): KeyTemplate {
  const entityClass = class {};
  const properties = {
    tenant: 'PartitionKey',
    id: 'RowKey',
    email: 'String',
    name: 'String',
    plan: 'String',
    joinedAt: 'DateTime',
    exactly: { converter: ticks() },
    int32: 'Int32',
    int64: 'Int64',
    double: 'Double',
    guid: 'Guid',
    boolean: 'Boolean',
  };
  const schema = { table: 'Users', rowKey, properties, indexes: { [name]: index(spec) } };
  (defineEntity as (given: EntityClass, described: unknown) => void)(entityClass, schema);
  return metadataOf(entityClass).indexes[0]!.entries.rowKey;
}

/** Returns the text of a value in the keys of an index, after checking that it is read back. */
function textOf(property: string, value: unknown): string {
  const template = entryKey('by', { on: [property], unique: true });
  const key = composeKey(template, { [property]: value });
  expect(parseKey(template, key)).to.deep.equal([value]);
  expect(key.startsWith('~iuser|~by ')).to.equal(true);
  return key.slice('~iuser|~by '.length);
}

describe('The stored format of keys', () => {
  for (const [[template], parts, [stored]] of tableUnder('The stored format') as [[string], string[], [string]][]) {
    it(`The stored format of keys is as documented: ${stored}`, () => {
      const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      const key = rowKeyOf(template, names);
      const entity = Object.fromEntries(names.map((name, at) => [name, parts[at]]));
      expect(composeKey(key, entity)).to.equal(stored);
      expect(parseKey(key, stored)).to.deep.equal(parts);
    });
  }

  it('The stored format of keys is as documented for each converter', () => {
    const day = new Date('2026-11-21T00:00:00Z');
    const stored = {
      newestFirst: [newestFirst.toStored(day)],
      oldestFirst: [oldestFirst.toStored(day)],
      ascendingInteger: [ascendingInteger.toStored(42), ascendingInteger.toStored(-1)],
      descendingInteger: [descendingInteger.toStored(42)],
      ascendingBigInt: [ascendingBigInt.toStored(42n)],
      descendingBigInt: [descendingBigInt.toStored(42n)],
      guidKey: [guidKey.toStored(Guid.parse('C9DA6455-213D-42C9-9A79-3E9149A57833'))],
    };
    const documented = tableUnder('Key converters').map((cells) => [cells[0]![0], cells[3]]);
    expect(Object.fromEntries(documented)).to.deep.equal(stored);
  });

  for (const [[name, spec, rowKey], values, [row], [stored]] of tableUnder('The stored format of index entries').slice(
    0,
    5,
  ) as [[string, string, string?], string[], [string], [string]][]) {
    it(`The stored format of the entries of an index is as documented: ${stored}`, () => {
      const on = [...spec.split('unique')[0]!.matchAll(/'(\w+)'/g)].map(([, property]) => property!);
      const template = entryKey(name, { on, unique: spec.includes('unique: true') }, rowKey);
      const given = values.map((value, at) => (on[at] === 'joinedAt' ? new Date(value) : value));
      const source = Object.fromEntries(on.map((property, at) => [property, given[at]]));
      expect(composeKey(template, { ...source, '#row': row })).to.equal(stored);
      const isUnique = spec.includes('unique: true');
      expect(parseKey(template, stored)).to.deep.equal(isUnique ? given : [...given, row]);
    });
  }

  it('The texts of values in an index are as documented for each stored type', () => {
    const day = new Date('2026-11-21T00:00:00Z');
    const text = {
      String: [textOf('name', 'Ann')],
      Int32: [textOf('int32', 42), textOf('int32', -1)],
      Int64: [textOf('int64', 42n)],
      Double: [textOf('double', 42), textOf('double', -42), textOf('double', 0)],
      DateTime: [textOf('joinedAt', day), textOf('exactly', ticksOfDate(day) + 1n)],
      Guid: [textOf('guid', Guid.parse('C9DA6455-213D-42C9-9A79-3E9149A57833'))],
      Boolean: [textOf('boolean', true)],
    };
    const documented = tableUnder('The stored format of index entries').filter(([[type = ''] = []]) => type in text);
    expect(Object.fromEntries(documented.map((cells) => [cells[0]![0], cells[2]]))).to.deep.equal(text);
  });

  it('The characters of a value that is text are escaped in an index as documented', () => {
    const documented = tableUnder('The stored format of index entries').filter((cells) => cells.length === 2);
    expect(documented.map(([text = []]) => [text, [textOf('name', text[0])]])).to.deep.equal(documented);
    expect(documented).to.have.length(7);
  });
});
