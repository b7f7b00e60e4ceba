import { expect } from 'chai';
import { setImmediate } from 'node:timers/promises';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { defineEntity } from '../../src/metadata/define-entity.js';
import { rejection } from '../support/every-store.js';

const KEY = { pk: 'a', rk: '1' };
const rejecting = async (): Promise<never> => {
  await Promise.resolve();
  throw new Error('nobody waits for this');
};
const asIs = (value: unknown): unknown => value;

/** Makes a class on the table `Rows` whose property `text` has a converter or other options. */
function classWith(property: object, create?: () => never) {
  class Promising {
    pk!: string;
    rk!: string;
    text?: unknown;
  }
  defineEntity(Promising, {
    table: 'Rows',
    ...(create && { create }),
    properties: { pk: 'PartitionKey', rk: 'RowKey', text: property as never },
  });
  return Promising;
}

const converter = (functions: object): object => ({
  converter: { type: 'String', toStored: asIs, fromStored: asIs, ...functions },
});

const Plain = classWith({ type: 'String' });
const never = rejecting as never;

type Way = (tables: DataSource) => unknown;
const row = (text?: string): never => ({ ...KEY, text }) as never;

/** Every place where a promise may be passed by mistake, with the code of the error. */
const WAYS: Readonly<Record<string, readonly [code: string, way: Way]>> = {
  'toStored, inserting': [
    'validation.wrong-type',
    (tables) => tables.repository(classWith(converter({ toStored: rejecting }))).insert(row('x')),
  ],
  'toStored, in a filter': [
    'query.invalid-operand',
    (tables) =>
      tables
        .repository(classWith(converter({ toStored: rejecting })))
        .query({ pk: 'a' } as never)
        .where({ text: 'x' } as never)
        .toArray(),
  ],
  'fromStored, reading': [
    'entity.unreadable',
    (tables) => tables.repository(classWith(converter({ fromStored: rejecting }))).get(KEY as never),
  ],
  'fromStored, selecting': [
    'entity.unreadable',
    (tables) =>
      tables
        .repository(classWith(converter({ fromStored: rejecting })))
        .scan()
        .select('text' as never)
        .toArray(),
  ],
  'same, saving': [
    'validation.converter-failed',
    async (tables) => {
      const rows = tables.repository(classWith(converter({ same: rejecting })));
      const entity = await rows.getOrThrow(KEY as never);
      entity.text = 'other';
      await rows.save(entity);
    },
  ],
  'create of a class': [
    'metadata.not-constructible',
    (tables) => tables.repository(classWith({ type: 'String' }, never)).get(KEY as never),
  ],
  'a value': ['validation.wrong-type', (tables) => tables.repository(Plain).insert({ ...KEY, text: rejecting() })],
  'a patch': ['validation.wrong-type', (tables) => tables.repository(Plain).merge(KEY as never, { text: rejecting() })],
  'the key, which nobody waited for': [
    'entity.not-an-object',
    (tables) => tables.repository(Plain).get(rejecting() as never),
  ],
  'the entity, which nobody waited for': [
    'entity.not-an-object',
    (tables) => tables.repository(Plain).insert(rejecting() as never),
  ],
  'an item of a bulk write': [
    'entity.not-an-object',
    (tables) => tables.repository(Plain).insertMany([rejecting()] as never),
  ],
  'an item of a bulk write of several classes': ['entity.not-an-object', (tables) => tables.insertMany([rejecting()])],
  filterOnClient: [
    'validation.invalid-option',
    (tables) => tables.repository(Plain).scan().filterOnClient(never).toArray(),
  ],
  where: ['query.invalid-filter', (tables) => tables.repository(Plain).scan().where(never).toArray()],
  'an operand': [
    'query.invalid-operand',
    (tables) =>
      tables
        .repository(Plain)
        .scan()
        .where({ text: rejecting() } as never)
        .toArray(),
  ],
};

describe('A promise in the place of a value', () => {
  for (const [where, [code, way]] of Object.entries(WAYS)) {
    it(`A promise in the place of a value is refused, and its rejection does not end the process: ${where}`, async () => {
      const tables = await DataSource.open('memory:', { tableName: (name) => name });
      await tables.repository(Plain).upsert({ ...KEY, text: 'stored' });
      const error = await rejection((async (): Promise<unknown> => way(tables))());
      const cause = EntitableError.is(error, 'commit.bulk-stopped') ? error.cause : error;
      await setImmediate(); // mocha fails for a rejection that nobody handled
      expect(cause).to.include({ code });
      await tables.close();
    });
  }

  it('A promise returned by a default function is refused when a row lacks the property', async () => {
    const tables = await DataSource.open('memory:');
    await tables.repository(Plain).upsert({ ...KEY });
    const error = await rejection(
      tables.repository(classWith({ type: 'String', default: rejecting })).get(KEY as never),
    );
    await setImmediate();
    expect(error).to.include({
      code: 'validation.invalid-option',
      message: 'default takes a function that answers at once, not one that gives a promise.',
    });
    await tables.close();
  });
});
