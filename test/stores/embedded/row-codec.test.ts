import { expect } from 'chai';
import * as fc from 'fast-check';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';
import { readProperties, TableFixture } from '../../../src/testing/conformance/table-fixture.js';
import { anyKey, anyProperties, RUNS } from './samples.js';

describe('The row codec', () => {
  it('The row codec reads every row back as it was written', async () => {
    const t = await TableFixture.create(memoryStore());
    await fc.assert(
      fc.asyncProperty(anyKey, anyKey, anyProperties, async (partitionKey, rowKey, properties) => {
        await t.write('upsert-replace', partitionKey, rowKey, properties);
        expect(await t.get(partitionKey, rowKey)).to.deep.equal(properties);
      }),
      RUNS,
    );
  });

  it('The row codec merges rows as objects are merged, and predicts the result without reading it', async () => {
    const t = await TableFixture.create(memoryStore());
    const names = fc.subarray(['s', 'i', 'd', 'other', 'constructor', 'ñ', 'absent']);
    await fc.assert(
      fc.asyncProperty(anyProperties, anyProperties, names, async (before, change, remove) => {
        await t.write('upsert-replace', 'p', 'r', before);
        const row = (await t.rows.get('p', 'r', (reader) => reader.retain(), { undeclared: true }))!;
        const merge = t.prepare('merge', 'p', 'r', change, { remove });
        const [receipt] = await t.submit(merge);
        const kept = Object.entries(before).filter(([name]) => !remove.includes(name));
        const expected = { ...Object.fromEntries(kept), ...change };
        expect(await t.get('p', 'r')).to.deep.equal(expected);
        expect(readProperties(t.rows.reopen(t.rows.written(merge, receipt!, row)))).to.deep.equal(expected);
      }),
      RUNS,
    );
  });
});
