import { Entity, PartitionKey, Property, RowKey, type DataSource } from 'entitable';

/** The number of rows that a writer writes in one transaction, all of the same round. */
export const ROWS = 20;

/**
 * A row of a writer, which writes round after round: the rows of the left half in one transaction, then those of the
 * right half in another.
 */
@Entity({ table: 'Rounds' })
export class Round {
  @PartitionKey() half!: PartitionKey;
  @RowKey() row!: RowKey;
  @Property({ type: 'Int32' }) round!: number;
  @Property({ type: 'String' }) text!: string;
}

/** Writes rounds until it is stopped, and calls `onRound` after each acknowledged one. */
export async function writeRounds(
  tables: DataSource,
  writer: string,
  isStopped: () => boolean,
  onRound: (round: number) => void,
): Promise<void> {
  const rounds = tables.repository(Round);
  for (let round = 1; !isStopped(); round++) {
    for (const half of ['left', 'right']) {
      const rows = Array.from({ length: ROWS }, (_, row) =>
        rounds.create({ half: `${writer}-${half}`, row: String(row), round, text: 'x'.repeat(round % 500) }),
      );
      await rounds.upsertMany(rows);
    }
    onRound(round);
  }
}

/**
 * Returns the rounds that each half of a store holds. There is more than one if the store has only part of a
 * transaction.
 */
export async function roundsOf(tables: DataSource): Promise<Readonly<Record<string, readonly number[]>>> {
  const found: Record<string, Set<number>> = {};
  const counts: Record<string, number> = {};
  for await (const { half, round } of tables.repository(Round).scan()) {
    (found[half] ??= new Set()).add(round);
    counts[half] = (counts[half] ?? 0) + 1;
  }
  for (const [half, count] of Object.entries(counts)) if (count !== ROWS) found[half]!.add(-count);
  return Object.fromEntries(Object.entries(found).map(([half, rounds]) => [half, [...rounds]]));
}
