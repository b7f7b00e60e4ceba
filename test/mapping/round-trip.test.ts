import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from '../../src/data-source/data-source.js';
import { DATE_TIME_RANGE } from '../../src/edm/date-time.js';
import { composeKey } from '../../src/metadata/key-template.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';
import type { RowWriter } from '../../src/store/row.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { content, Described, Specimen, specimens } from './specimen.js';

const RUNS = { seed: 7, numRuns: 300 };

const keyOf = ({ group, at, number, name }: Specimen) => ({ group, at, number, name });

function storedKey(specimen: Specimen): { readonly partitionKey: string; readonly rowKey: string } {
  const { partitionKey, rowKey } = metadataOf(Specimen);
  return { partitionKey: composeKey(partitionKey, specimen), rowKey: composeKey(rowKey, specimen) };
}

describe('An entity', function () {
  this.timeout(60_000);
  const store = memoryStore();
  const table = metadataOf(Specimen).table;
  let tables: DataSource;

  beforeEach(async () => {
    await store.deleteTable(table);
    tables = await DataSource.open(store);
  });

  it('An entity with any values is read back exactly, by its key and by a query', async () => {
    const repository = tables.repository(Specimen);
    await fc.assert(
      fc.asyncProperty(specimens, async (specimen) => {
        const before = content(specimen);
        await repository.upsert(specimen, { mode: 'replace' });
        const found = await repository.getOrThrow(keyOf(specimen));
        const [queried] = await repository
          .query({ group: specimen.group })
          .where('at', 'eq', specimen.at)
          .where('number', 'eq', specimen.number)
          .where('name', 'eq', specimen.name)
          .toArray();
        expect([content(found), content(queried!), content(specimen)]).to.deep.equal([before, before, before]);
        expect([found.etag, found.updatedAt]).to.deep.equal([specimen.etag, specimen.updatedAt]);
      }),
      RUNS,
    );
  });

  it('An entity that was just read has no changes, and saving it sends nothing', async () => {
    const repository = tables.repository(Specimen);
    await fc.assert(
      fc.asyncProperty(specimens, async (specimen) => {
        await repository.upsert(specimen, { mode: 'replace' });
        const found = await repository.getOrThrow(keyOf(specimen));
        const { etag } = found;
        await repository.save(found);
        await repository.save(specimen);
        expect([found.etag, specimen.etag]).to.deep.equal([etag, etag]);
      }),
      RUNS,
    );
  });

  it('An entity with any changes is read back as changed after a save', async () => {
    const repository = tables.repository(Specimen);
    await fc.assert(
      fc.asyncProperty(specimens, specimens, async (specimen, change) => {
        await repository.upsert(specimen, { mode: 'replace' });
        const found = await repository.getOrThrow(keyOf(specimen));
        Object.assign(found, { ...change, ...keyOf(specimen), etag: found.etag, updatedAt: found.updatedAt });
        const after = content(found);
        await repository.save(found);
        expect(content(await repository.getOrThrow(keyOf(specimen)))).to.deep.equal(after);
      }),
      RUNS,
    );
  });

  it('An entity keeps the 100 ns of an unchanged date in every kind of write, whatever else has changed', async () => {
    const repository = tables.repository(Specimen);
    const rows = store.rows(table, { properties: [{ name: 'date', type: 'DateTime' }] });
    const time = fc.integer({ min: DATE_TIME_RANGE.first, max: DATE_TIME_RANGE.last });
    const ticks = fc.integer({ min: 0, max: 9999 });
    const verb = fc.constantFrom('save', 'replace', 'upsert', 'replacing upsert');
    await fc.assert(
      fc.asyncProperty(specimens, specimens, time, ticks, verb, async (specimen, change, ms, finer, way) => {
        await repository.upsert(specimen, { mode: 'replace' });
        const { partitionKey, rowKey } = storedKey(specimen);
        const write = { write: (row: RowWriter) => row.dateTime(0, ms, finer) };
        await store.submit(table, [rows.prepare({ mode: 'merge', partitionKey, rowKey, ifMatch: '*', ...write })]);

        const found = await repository.getOrThrow(keyOf(specimen));
        expect(found.date).to.deep.equal(new Date(ms));
        const { text, int, double } = change;
        Object.assign(found, { text, int, double });
        if (way === 'save') await repository.save(found);
        else if (way === 'replace') await repository.replace(found);
        else await repository.upsert(found, { mode: way === 'upsert' ? 'merge' : 'replace' });
        const stored = await rows.get(partitionKey, rowKey, (row) => [row.milliseconds(0), row.ticks(0)]);
        expect(stored).to.deep.equal([ms, finer]);
      }),
      RUNS,
    );
  });

  it('An entity is stored the same with decorators and with defineEntity', async () => {
    const [decorated, described] = [tables.repository(Specimen), tables.repository(Described)];
    await fc.assert(
      fc.asyncProperty(specimens, async (specimen) => {
        await described.upsert(Object.assign(new Described(), specimen), { mode: 'replace' });
        const found = [await decorated.getOrThrow(keyOf(specimen)), await described.getOrThrow(keyOf(specimen))];
        expect(found.map(content)).to.deep.equal([content(specimen), content(specimen)]);
        expect(found.map(({ constructor }) => constructor)).to.deep.equal([Specimen, Described]);
      }),
      RUNS,
    );
  });
});
