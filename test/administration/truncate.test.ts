import { expect } from 'chai';
import type { TruncateProgress } from '../../src/administration/truncate-table.js';
import { DataSource } from '../../src/data-source/data-source.js';
import type { EntitableErrorOf } from '../../src/errors/entitable-error.js';
import { recordingStore } from '../../src/testing/recording-store.js';
import { TableFixture } from '../../src/testing/conformance/table-fixture.js';
import type { TableStore } from '../../src/store/table-store.js';
import { wrapStore } from '../../src/store/wrap-store.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { OrderLine } from './order-line.js';
import { rowsOf } from './table-rows.js';

async function filled(store: TableStore, table: string, batches: number): Promise<TableFixture> {
  await store.createTable(table);
  const fixture = TableFixture.open(store, table);
  for (let batch = 0; batch < batches; batch++) {
    const writes = Array.from({ length: 100 }, (_, index) =>
      fixture.prepare('insert', `p${batch % 3}`, `${batch} ${index}`),
    );
    await fixture.submit(...writes);
  }
  return fixture;
}

onEveryStore('Emptying a table', (open) => {
  it('truncate deletes every row of a table with more than a page, and keeps the table', async () => {
    const { tables, store, tableName } = await open();
    const table = tableName('Full');
    await filled(store, table, 12);
    const seen: TruncateProgress[] = [];
    const report = await tables.tables.truncate(table, { onProgress: (progress) => seen.push(progress) });
    expect(report).to.deep.equal({ deleted: 1200 });
    expect(seen.at(-1)?.deleted).to.equal(1200);
    expect(await rowsOf(store, table)).to.deep.equal([]);
    expect(await tables.tables.exists(table)).to.equal(true);
    expect(await tables.tables.truncate(table)).to.deep.equal({ deleted: 0 });
  });

  it('truncate with a class deletes only the rows that the class can have', async () => {
    const { tables, store, tableName } = await open();
    const fixture = await filled(store, tableName('Orders'), 1);
    await fixture.write('insert', 'p0', 'line|1');
    expect(await tables.tables.truncate(OrderLine)).to.deep.equal({ deleted: 1 });
    expect(await rowsOf(store, tableName('Orders'))).to.have.length(100);
  });

  it('truncate counts rows that someone else deletes meanwhile as deleted', async () => {
    const { store, tableName } = await open();
    const table = tableName('Full');
    const fixture = await filled(store, table, 2);
    let first = true;
    const racing = wrapStore(store, {
      async submit(...submission) {
        if (first) {
          first = false;
          await store.submit(table, [fixture.prepare('delete', 'p0', '0 7')]);
        }
        return store.submit(...submission);
      },
    });
    const other = await DataSource.open(racing);
    expect(await other.tables.truncate(table)).to.deep.equal({ deleted: 200 });
    expect(await rowsOf(store, table)).to.deep.equal([]);
  });

  it('truncate is stopped by its signal, and the error contains the progress', async () => {
    const { tables, store, tableName } = await open();
    const table = tableName('Full');
    await filled(store, table, 5);
    const stop = new AbortController();
    const error = (await rejection(
      tables.tables.truncate(table, { signal: stop.signal, concurrency: 1, onProgress: () => stop.abort() }),
    )) as EntitableErrorOf<'commit.bulk-stopped'>;
    expect({ code: error.code, written: error.details.written }).to.deep.equal({
      code: 'commit.bulk-stopped',
      written: 100,
    });
    expect(await rowsOf(store, table)).to.have.length(400);
  });

  it('truncate of a missing table fails', async () => {
    const { tables, tableName } = await open();
    const error = await rejection(tables.tables.truncate(tableName('Nowhere')));
    expect(error).to.have.property('code', 'store.table-not-found');
  });

  it('truncate with invalid options is rejected before a request is sent', async () => {
    const { store } = await open();
    const { store: recorded, requests } = recordingStore(store);
    const { tables } = await DataSource.open(recorded);
    for (const refused of [
      () => tables.truncate('a-b'),
      () => tables.truncate('Full', { concurrency: 0 }),
      () => tables.truncate('Full', { timeout: Number.NaN }),
    ]) {
      expect(await rejection(refused())).to.have.property('code', 'validation.invalid-option');
    }
    expect(requests).to.deep.equal([]);
  });
});
