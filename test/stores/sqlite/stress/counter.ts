import { DataSource, defineEntity, type PartitionKey, type RowKey } from 'entitable';
import { sqliteStore } from '../../../../src/stores/sqlite/sqlite-store.js';

/** A counter that two processes increment. */
export class Counter {
  group!: PartitionKey;
  name!: RowKey;
  value!: number;
}

defineEntity(Counter, {
  table: 'Counters',
  properties: { group: 'PartitionKey', name: 'RowKey', value: 'Int32' },
});

// When it runs as a program, it increments a counter as often as it is told, while another process may do the same.
const [, program, path, times] = process.argv;
if (program === import.meta.filename) {
  await using tables = await DataSource.open(await sqliteStore(path!));
  const counters = tables.repository(Counter);
  for (let done = 0; done < Number(times); done++) {
    await counters.modify({ group: 'g', name: 'n' }, (counter) => void counter.value++, { maxRetries: 1000 });
  }
}
