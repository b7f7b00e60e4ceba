import { expect } from 'chai';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { PreparedWrite, WriteReceipt } from '../../src/store/table-store.js';
import { submitBatch, type BatchSubmission } from '../../src/writing/submit-batch.js';

interface Write {
  readonly table: string;
  readonly write: PreparedWrite;
}

const write = (rowKey: string): Write => ({
  table: 'T',
  write: { mode: 'delete', partitionKey: 'p', rowKey, bytes: 1, entityBytes: 1 },
});
const ALL = ['a', 'b', 'c'].map(write);

/** Refuses transactions that contain one of these rows, naming the first of them or none. */
function refusing(rows: readonly string[], { names = true } = {}) {
  const sent: string[][] = [];
  const written: string[] = [];
  const submission: BatchSubmission<Write> = {
    submit(writes): Promise<readonly WriteReceipt[]> {
      sent.push(writes.map(({ rowKey }) => rowKey));
      const operation = writes.findIndex(({ rowKey }) => rows.includes(rowKey));
      if (operation < 0) return Promise.resolve(writes.map(() => ({ etag: 'e' })));
      return Promise.reject(new EntitableError('store.not-found', 'No such row.', names ? { operation } : {}));
    },
    onWritten: ({ write: { rowKey } }) => written.push(rowKey),
    onRefused: () => true,
  };
  return { submission, sent, written };
}

describe('submitBatch', () => {
  it('submitBatch sends the other writes again without each refused one that may be left out', async () => {
    const { submission, sent, written } = refusing(['a', 'c']);
    expect(await submitBatch(ALL, submission)).to.equal(undefined);
    expect({ sent, written }).to.deep.equal({ sent: [['a', 'b', 'c'], ['b', 'c'], ['b']], written: ['b'] });
  });

  it('submitBatch ends when every write was left out', async () => {
    const { submission, sent } = refusing(['a', 'b', 'c']);
    expect(await submitBatch(ALL, submission)).to.equal(undefined);
    expect(sent).to.have.length(3);
  });

  it('submitBatch ends at a refused write that must not be left out, and returns the unwritten ones', async () => {
    const { submission, written } = refusing(['b']);
    const rest = await submitBatch(ALL, { ...submission, onRefused: () => false });
    expect(rest?.unwritten).to.deep.equal(ALL);
    expect(rest?.failure?.refused).to.equal(ALL[1]);
    expect(written).to.deep.equal([]);
  });

  it('submitBatch ends at an error that names none of several writes; a single write is the refused one', async () => {
    const several = refusing(['b'], { names: false });
    expect((await submitBatch(ALL, several.submission))?.failure).to.include({ refused: undefined });
    const alone = refusing(['b'], { names: false });
    expect(await submitBatch([write('b')], alone.submission)).to.equal(undefined);
  });

  it('submitBatch sends nothing once it is stopped, and returns the unwritten writes without a failure', async () => {
    const { submission, sent } = refusing(['a']);
    const rest = await submitBatch(ALL, { ...submission, stopped: () => sent.length > 0 });
    expect(rest).to.deep.equal({ unwritten: ALL.slice(1) });
  });
});
