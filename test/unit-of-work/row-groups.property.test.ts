import { expect } from 'chai';
import fc from 'fast-check';
import { Entity, ETag, index, PartitionKey, Property, RowKey } from '../../src/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { UnitOfWork } from '../../src/unit-of-work/unit-of-work.js';
import { memoryStore } from '../../src/stores/memory/memory-store.js';
import { findings } from '../indexes/users.js';
import { faultyStore, type Fault } from '../support/faulty-store.js';

@Entity({ table: 'Seats', rowKey: 'seat|{id}' })
class Seat {
  static readonly byGuest = index({ on: ['guest'], unique: true });
  static readonly byRow = index({ on: ['row'], project: ['guest'] });
  @PartitionKey() room!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) guest?: string | undefined;
  @Property({ type: 'Int32' }) row?: number | undefined;
  @ETag() etag?: string | undefined;
}

/** One step of a unit of work, or of a rival that writes at once. */
interface Step {
  readonly verb: 'change' | 'insert' | 'upsert' | 'merge' | 'delete' | 'delete and insert' | 'replace';
  readonly id: string;
  readonly guest: string | undefined;
  readonly row: number | undefined;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom('change', 'change', 'insert', 'upsert', 'merge', 'delete', 'delete and insert', 'replace'),
  id: fc.constantFrom('1', '2', '3', '4'),
  guest: fc.constantFrom('ada', 'bob', 'cy', 'dee', undefined),
  row: fc.constantFrom(1, 2, undefined),
});

interface Round {
  readonly rival: Step;
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  readonly atomic: boolean;
}

const anyRound: fc.Arbitrary<Round> = fc.record({
  rival: anyStep,
  steps: fc.array(anyStep, { minLength: 1, maxLength: 5 }),
  faults: fc.array(fc.constantFrom<Fault[]>('none', 'none', 'lost-before', 'lost-after', 'unavailable'), {
    maxLength: 3,
  }),
  atomic: fc.boolean(),
});

const seat = ({ id, guest, row }: Step): Seat => Object.assign(new Seat(), { room: 'r', id, guest, row });

async function take(work: UnitOfWork, step: Step): Promise<void> {
  const seats = work.repository(Seat);
  const key = { room: 'r', id: step.id };
  const { guest, row } = step;
  const loaded = await seats.get(key);
  switch (step.verb) {
    case 'change':
      if (loaded !== undefined) Object.assign(loaded, { guest, row });
      break;
    case 'insert':
      if (loaded === undefined) await seats.insert(seat(step));
      break;
    case 'upsert':
      await seats.upsert(loaded === undefined ? seat(step) : Object.assign(loaded, { guest, row }));
      break;
    case 'merge':
      if (loaded !== undefined) await seats.merge(key, { guest: guest ?? null, row: row ?? null });
      break;
    case 'delete':
      await seats.delete(key, { missing: 'ignore' });
      break;
    case 'delete and insert':
      await seats.delete(key, { missing: 'ignore' });
      await seats.insert(seat(step));
      break;
    case 'replace':
      if (loaded !== undefined) await seats.replace(Object.assign(loaded, { guest, row }));
      break;
    default:
      step.verb satisfies never;
  }
}

/** Awaits work, and returns the code of the error that it may throw. */
async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
  } catch (error) {
    if (!EntitableError.is(error)) throw error;
    return error.code;
  }
  return undefined;
}

describe('Units of work of entities with indexes', () => {
  for (const retry of [false, true]) {
    it(`Units of work of entities with indexes leave no entry missing or stale, whatever rivals write and answers are lost, ${retry ? 'with' : 'without'} retries`, async () => {
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(fc.array(anyRound, { minLength: 1, maxLength: 5 }), async (rounds) => {
          const store = memoryStore();
          const faulty = faultyStore(store);
          const rivals = await DataSource.open(store);
          await rivals.tables.createIfMissing('Seats');
          const retrying = { maxRetries: 2, fast: { slot: 1, ceiling: 1 }, slow: { slot: 1, ceiling: 1 } };
          const db = await DataSource.open(faulty.store, { retry: retry ? retrying : false });
          for (const { rival, steps, faults, atomic } of rounds) {
            const work = db.unitOfWork();
            for (const step of steps) await codeOf(take(work, step));
            await codeOf(rivals.unitOfWork((unit) => take(unit, rival)));
            faulty.faults.push(...faults);
            for (let tries = 0; tries < 3; tries++) {
              const code = await codeOf(work.commit({ atomic }));
              seen.add(code ?? 'committed');
              if (code === undefined) break;
            }
            faulty.faults.length = 0;
            expect(await findings(rivals, Seat)).to.deep.equal({ missing: [], surplus: [] });
            const guests = (await rivals.repository(Seat).query({ room: 'r' }).toArray()).flatMap(
              ({ guest }) => guest ?? [],
            );
            expect(new Set(guests).size, 'each guest has one seat').to.equal(guests.length);
          }
          await db.close();
        }),
        { numRuns: 200, seed: 11 },
      );
      expect([...seen]).to.include.members(['committed', 'commit.partial', 'entity.not-unique']);
    });
  }
});
