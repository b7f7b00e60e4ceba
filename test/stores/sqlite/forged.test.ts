import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { DataSource, EntitableError } from 'entitable';
import { verifyStore } from 'entitable/testing';
import { loadSqlite } from '../../../src/stores/sqlite/sqlite-driver.js';
import { scratchDirectory } from '../embedded/scratch-directory.js';
import { order, Order } from '../../support/models.js';

const COUNT_AT = 4;
const NEXT_SIZE_AT = 8;
const DIRECTORY_AT = 12;
const ENTRY_BYTES = 12;
const ROWS = 20;

const orderOf = (number: number): Order =>
  Object.assign(order(), { customerId: 'c1', orderId: String(number).padStart(5, '0') });

const allOrders = (): readonly Order[] => Array.from({ length: ROWS }, (_, number) => orderOf(number));

/** The offsets of a row in a block, and of the head of its key. */
interface Place {
  readonly entry: number;
  readonly head: number;
  readonly start: number;
  readonly end: number;
}

function placesOf(block: Buffer): readonly Place[] {
  return Array.from({ length: block.readUInt32LE(COUNT_AT) }, (_, index) => {
    const entry = DIRECTORY_AT + index * ENTRY_BYTES;
    const [head, start, end] = [0, 4, 8].map((at) => block.readUInt32LE(entry + at)) as [number, number, number];
    return { entry, head, start, end: end & 0x7fff_ffff };
  });
}

/** Changes the rows of a block: those of users' tables, or those of a partition of the system table. */
function eachRow(change: (block: Buffer, place: Place) => void, partition = 'c1'): (block: Buffer) => void {
  return (block) => {
    for (const place of placesOf(block)) {
      const name = block.toString('latin1', place.head + 6, place.head + 1 + block.readUInt16LE(place.head));
      if (name === partition) change(block, place);
    }
  };
}

const layoutText =
  (text: string): ((block: Buffer, place: Place) => void) =>
  (block, { start, end }) => {
    block.fill(' ', start, end);
    block.write(text, start);
  };

/** Changes to blocks, made before their checksums were corrected. */
const FORGED: Readonly<Record<string, (block: Buffer) => void>> = {
  'rows without a byte': eachRow((block, { entry, start }) => block.writeUInt32LE(start, entry + 8)),
  'a last row of the end of a block': (block) => {
    const { entry } = placesOf(block).at(-1)!;
    block.writeUInt32LE(block.length, entry + 4);
    block.writeUInt32LE(block.length, entry + 8);
  },
  'rows that carry more than they hold': eachRow((block, { start }) => {
    block[start] = 4;
    block.writeUInt32LE(0xffff_fff0, start + 11);
  }),
  'a head without a table': eachRow((block, { head }) => block.writeUInt16LE(3, head)),
  'a head without an end': eachRow((block, { head }) => block.writeUInt16LE(block.readUInt16LE(head) - 1, head)),
  'a next key that is longer than the block': (block) => block.writeUInt32LE(4000, NEXT_SIZE_AT),
  'rows of a layout that is not there': eachRow((block, { start }) => block.writeUInt16LE(50_000, start + 1)),
  'a layout that is null': eachRow(layoutText('null'), 'layouts'),
  'a layout that is no JSON': eachRow(layoutText('[['), 'layouts'),
  'a layout of an unknown type': eachRow(layoutText('[["total","Int99"]]'), 'layouts'),
  'a layout of a type that every object has': eachRow(layoutText('[["total","constructor"]]'), 'layouts'),
  'a layout of no names': eachRow(layoutText('[[1,"Int32"]]'), 'layouts'),
  'a table without a number': eachRow((block, { entry, end }) => block.writeUInt32LE(end - 2, entry + 4), 'tables'),
};

describe('A forged sqlite store', () => {
  const newPath = scratchDirectory();

  async function forged(change: (block: Buffer) => void, sql = '', stored = allOrders()): Promise<string> {
    const path = newPath();
    const tables = await DataSource.open(`sqlite:${path}`);
    await tables.insertMany(stored);
    await tables.close();
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(path);
    for (const { id, first, content } of database.prepare('SELECT id, first, content FROM blocks').all()) {
      const block = Buffer.from(content as Uint8Array);
      change(block);
      block.writeUInt32LE(crc32(block.subarray(COUNT_AT), crc32(first as Uint8Array)), 0);
      database.prepare('UPDATE blocks SET content = ? WHERE id = ?').run(block, id as number);
    }
    database.exec(sql);
    database.close();
    return path;
  }

  /** Uses a store in every way, and returns the outcome of each operation. */
  async function use(path: string): Promise<readonly string[]> {
    const outcomes: string[] = [];
    const note = async (work: () => Promise<unknown>): Promise<void> => {
      outcomes.push(await work().then(() => 'done', codeOf));
    };
    await note(async () => {
      await using tables = await DataSource.open(`sqlite:${path}`);
      const orders = tables.repository(Order);
      await note(() => orders.get(orderOf(5)));
      await note(() => orders.scan().toArray());
      await note(() => orders.query({ customerId: orderOf(5).customerId }).toArray());
      await note(() => orders.insert(orderOf(ROWS)));
      await note(() => orders.merge(orderOf(5), { items: 7 }));
      await note(() => orders.delete({ customerId: orderOf(6).customerId, orderId: orderOf(6).orderId }));
    });
    return outcomes;
  }

  for (const [what, change] of Object.entries(FORGED)) {
    it(`A forged sqlite store with ${what} fails with store.damaged, and with nothing else`, async () => {
      const path = await forged(change);
      const { damaged } = await verifyStore(path);
      expect(damaged).to.not.deep.equal([]);
      const outcomes = await use(path);
      expect(outcomes).to.include('store.damaged');
      expect(outcomes.filter((each) => each !== 'done' && each !== 'store.damaged')).to.deep.equal([]);
    });
  }

  it('A forged sqlite store with a gap in its layout numbers writes no rows with wrong layouts', async () => {
    let count = 0;
    const renumber = eachRow((block, { end }) => (block[end + 9]! += count++ > 0 ? 3 : 0), 'layouts');
    const path = await forged(renumber, '', [orderOf(0), Object.assign(orderOf(1), { paid: true })]);
    await using tables = await DataSource.open(`sqlite:${path}`);
    expect(
      await tables
        .repository(Order)
        .upsert(orderOf(3))
        .then(() => 'done', codeOf),
    ).to.equal('store.damaged');
  });

  it('A forged sqlite store with a key of several megabytes causes only short errors', async () => {
    const path = await forged(() => undefined, `INSERT INTO blocks (first, content) VALUES (zeroblob(8000000), x'00')`);
    const { damaged } = await verifyStore(path);
    expect(JSON.stringify(damaged).length).to.be.within(100, 100_000);
    const error = await DataSource.open(`sqlite:${path}`).then(
      (opened) => opened.close(),
      (reason: unknown) => reason,
    );
    expect(codeOf(error)).to.equal('store.damaged');
    expect((error as Error).message.length).to.be.below(10_000);
    expect(JSON.stringify((error as EntitableError).details).length).to.be.below(100_000);
  });
});

function codeOf(error: unknown): string {
  return EntitableError.is(error) ? error.code : String(error);
}
