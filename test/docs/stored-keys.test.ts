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
import { newestFirst, oldestFirst } from '../../src/metadata/converters/date-keys.js';
import { defineEntity } from '../../src/metadata/define-entity.js';
import { composeKey, parseKey } from '../../src/metadata/key-template.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import { Guid } from '../../src/edm/guid.js';
import { ROOT } from './guide.js';

/** Returns the rows of the table under a heading of `docs/keys.md`, as the code spans of each cell. */
function tableUnder(heading: string): readonly (readonly (readonly string[])[])[] {
  const section = readFileSync(join(ROOT, 'docs/keys.md'), 'utf8').split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) =>
        [...cell.matchAll(/`([^`]*)`|\(empty\)/g)].map(([, code = '']) => code.replaceAll(String.raw`\|`, '|')),
      ),
  );
}

function rowKeyOf(template: string, names: readonly string[]) {
  const entityClass = class {};
  const properties = Object.fromEntries(names.map((name) => [name, 'RowKey']));
  defineEntity(entityClass, { table: 'Keys', partitionKey: 'P', rowKey: template, properties });
  return metadataOf(entityClass).rowKey;
}

describe('The stored format of keys', () => {
  for (const [[template], parts, [stored]] of tableUnder('The stored format') as [[string], string[], [string]][]) {
    it(`The stored format of keys is as documented: ${stored}`, () => {
      const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      const key = rowKeyOf(template, names);
      const entity = Object.fromEntries(names.map((name, index) => [name, parts[index]]));
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
});
