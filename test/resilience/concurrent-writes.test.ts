import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { Repository } from '../../src/repository/repository.js';
import type { RetrySettings } from '../../src/resilience/retry-settings.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { faultyStore, type FaultyStore } from '../support/faulty-store.js';
import { Item } from './fault-items.js';

const KEY = { owner: 'o', name: 'n' };
const FAST: RetrySettings = { fast: { slot: 1, ceiling: 1 } };
const item = (count: number): Item => Object.assign(new Item(), KEY, { count });

/** Returns `success`, `unknown`, or the error code of the rejection. */
async function endOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'success';
  } catch (error) {
    if (EntitableError.is(error, 'commit.partial')) return 'unknown';
    return (error as EntitableError).code;
  }
}

describe('A write whose request is lost, beside equal writes of the same data source', () => {
  let faulty: FaultyStore;
  let tables: DataSource;
  let items: Repository<Item>;

  async function open(retry: RetrySettings): Promise<void> {
    faulty = faultyStore(memoryStore());
    tables = await DataSource.open(faulty.store, { retry: { ...FAST, ...retry } });
    items = tables.repository(Item);
  }
  afterEach(() => tables.close());

  it('A lost insert or save does not claim the row that an equal earlier write of the same data source left', async () => {
    await open({});
    await items.insert(item(1));
    faulty.faults.push('lost-before');
    expect(await endOf(items.insert(item(1)))).to.equal('store.already-exists');
    const [mine, theirs] = [await items.getOrThrow(KEY), await items.getOrThrow(KEY)];
    mine.count = theirs.count = 2;
    await items.save(theirs);
    faulty.faults.push('lost-before');
    expect(await endOf(items.save(mine))).to.equal('store.precondition-failed');
  });

  it('A lost save is of unknown outcome if an equal unconditional write of the same data source left the row', async () => {
    await open({});
    await items.insert(item(1));
    const mine = await items.getOrThrow(KEY);
    mine.count = 2;
    await items.merge(KEY, { count: 2 });
    faulty.faults.push('lost-before');
    expect(await endOf(items.save(mine))).to.equal('store.outcome-unknown');
  });

  for (const lostAnswers of ['settle', 'report'] as const) {
    const settings: RetrySettings = { maxRetries: 0, lostAnswers };

    it(`A repeated commit sends a lost change again and does not claim the equal change of another unit (lostAnswers: ${lostAnswers})`, async () => {
      await open(settings);
      await items.insert(item(0));
      const [one, two] = [tables.unitOfWork(), tables.unitOfWork()];
      for (const unit of [one, two]) (await unit.repository(Item).getOrThrow(KEY)).count = 1;
      faulty.faults.push('lost-before');
      expect(await endOf(one.commit())).to.equal('unknown');
      expect(await endOf(two.commit())).to.equal('success');
      expect(await endOf(one.commit())).to.equal('store.precondition-failed');
    });

    it(`A repeated commit sends a lost insert again and does not claim the equal insert of another unit (lostAnswers: ${lostAnswers})`, async () => {
      await open(settings);
      await tables.tables.createIfMissing('Items');
      const [one, two] = [tables.unitOfWork(), tables.unitOfWork()];
      for (const unit of [one, two]) unit.insert(item(1));
      faulty.faults.push('lost-before');
      expect(await endOf(one.commit())).to.equal('unknown');
      expect(await endOf(two.commit())).to.equal('success');
      expect(await endOf(one.commit())).to.equal('store.already-exists');
    });

    it(`A commit with a lost answer is written once, and settled by the content of the row unless reports are asked for (lostAnswers: ${lostAnswers})`, async () => {
      await open(settings);
      await items.insert(item(0));
      const unit = tables.unitOfWork();
      (await unit.repository(Item).getOrThrow(KEY)).count = 1;
      faulty.faults.push('lost-after');
      const end = lostAnswers === 'settle' ? 'success' : 'unknown';
      expect(await endOf(unit.commit())).to.equal(end);
      expect(await endOf(unit.commit())).to.equal(end);
      expect(faulty.carriedOut).to.equal(2);
    });
  }
});
