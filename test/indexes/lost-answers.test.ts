import { expect } from 'chai';
import { DataSource, EntitableError, type RetrySettings } from '../../src/index.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { rejection } from '../support/every-store.js';
import { faultyStore, type Fault } from '../support/faulty-store.js';
import { findings, User } from './users.js';

const AT_REST = { missing: [], surplus: [] };
const FAST = { fast: { slot: 1 }, slow: { slot: 1 } };
const KEY = { tenant: 't', id: '1' };

function user(values: Partial<User> = {}): User {
  return Object.assign(new User(), KEY, { email: 'a@x', score: 1 }, values);
}

/** Opens two data sources on one store, as two processes would. The transactions of the first one can fail. */
async function twoProcesses(retry: RetrySettings | false = FAST) {
  const store = memoryStore();
  const line = faultyStore(store);
  const db = await DataSource.open(line.store, { retry });
  const other = await DataSource.open(store);
  const expectAtRest = async () => expect(await findings(other, User)).to.deep.equal(AT_REST);
  return { db, line, users: db.repository(User), others: other.repository(User), expectAtRest };
}

describe('Entries after lost responses', () => {
  it('are those of the row if another process wrote the same values and others in place of a lost merge', async () => {
    const { users, others, line, expectAtRest } = await twoProcesses();
    const loaded = await users.insert(user());
    line.faults.push('lost-before');
    line.beforeSubmit = async () => {
      line.beforeSubmit = () => undefined;
      await others.merge(KEY, { email: 'b@x', score: 5 });
    };
    loaded.email = 'b@x';
    await users.save(loaded);
    await expectAtRest();
    loaded.score = 7;
    await users.save(loaded);
    await expectAtRest();
    await users.delete(loaded);
    await expectAtRest();
  });

  it('are those of the row if a unit of work settles a merge that another process made as well', async () => {
    const { db, users, others, line, expectAtRest } = await twoProcesses(false);
    const loaded = await users.insert(user());
    const unit = db.unitOfWork();
    await unit.repository(User).save(loaded);
    loaded.email = 'b@x';
    line.faults.push('lost-before');
    expect(EntitableError.is(await rejection(unit.commit()), 'commit.partial')).to.equal(true);
    await others.merge(KEY, { email: 'b@x', score: 5 });
    await unit.commit();
    loaded.score = 7;
    await unit.commit();
    await expectAtRest();
    expect((await others.get(KEY))?.score).to.equal(7);
  });

  for (const fault of ['lost-before', 'lost-after', 'unavailable'] as const satisfies readonly Fault[]) {
    for (const [title, retry] of Object.entries({ report: { ...FAST, lostAnswers: 'report' }, none: false } as const)) {
      it(`are whole whatever a verb reports as failed: ${fault}, retries ${title}`, async () => {
        const { users, line, expectAtRest } = await twoProcesses(retry);
        const entity = user({ plan: 'paid', joined: new Date(0), active: true });
        const again = async (write: () => Promise<unknown>): Promise<void> => {
          line.faults.push(fault);
          try {
            await write();
          } catch (error) {
            expect(error)
              .to.have.property('code')
              .that.matches(/^(store\.|commit\.bulk-stopped)/);
          }
          await expectAtRest();
        };
        await again(() => users.insert(entity));
        await again(() => users.upsert(user({ email: 'c@x' })));
        await again(() => users.merge(KEY, { score: 3 }));
        await again(() => users.query({ tenant: 't' }).merge({ plan: 'free' }));
        await again(() => users.mergeMany([{ key: KEY, patch: { email: 'd@x' } }]));
        await again(async () => users.save(Object.assign((await users.get(KEY)) ?? user(), { score: 4 })));
        await again(() => users.delete(KEY));
        await again(() => users.insertMany([user(), user({ id: '2', email: 'e@x' })]));
        await again(() => users.query({ tenant: 't' }).delete());
      });
    }
  }
});
