import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { Entity, index, PartitionKey, Property, RowKey } from '../../src/index.js';
import { recordingStore, requestNames } from '../../src/testing/recording-store.js';
import { onEveryStore } from '../support/every-store.js';
import { indexedRows } from './indexed-rows.js';

/** A class with an index whose row keys begin with no literal text. */
@Entity({ table: 'Mixed', rowKey: '{id}' })
class Card {
  static readonly byColour = index({ on: ['colour'] });
  @PartitionKey() box!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ type: 'String' }) colour?: string | undefined;
}

/** A class without indexes in the same table. */
@Entity({ table: 'Mixed', rowKey: '{id}' })
class Label {
  @PartitionKey() box!: PartitionKey;
  @RowKey() id!: RowKey;
}

/** A class of the same table whose row keys begin with a literal text. */
@Entity({ table: 'Mixed', rowKey: 'tag|{id}' })
class Tag {
  @PartitionKey() box!: PartitionKey;
  @RowKey() id!: RowKey;
}

/** A class of the same table whose row key is any text. */
@Entity({ table: 'mixed' })
class Plain {
  @PartitionKey() box!: PartitionKey;
  @RowKey() id!: RowKey;
}

function card(id: string, colour: string, box = 'b'): Card {
  return Object.assign(new Card(), { box, id, colour });
}

/** Row keys on both sides of those of entries, and some that begin like them. */
const IDS = ['!', 'a', 'i', '~', '~i', '~iz', '~~', 'é', '語'];
const CARDS = IDS.map((id) => card(id, 'red'));

onEveryStore('entries of indexes among entities', (open, name) => {
  it('are not read by the queries of their class, whose row keys begin with no literal text', async () => {
    const opened = await open();
    const rows = await indexedRows(Card, opened);
    await rows.insert(...CARDS, card('x', 'red', 'c'));
    const recording = recordingStore(opened.store);
    const cards = (await DataSource.open(recording.store, { tableName: opened.tableName })).repository(Card);
    const query = cards.query({ box: 'b' });
    expect((await query.toArray()).map(({ id }) => id).toSorted()).to.deep.equal(IDS.toSorted());
    expect(await query.count()).to.equal(IDS.length);
    expect(await query.where('id', 'eq', '~i').count()).to.equal(1);
    expect(await cards.query([{ box: 'b' }, { box: 'c' }]).count()).to.equal(IDS.length + 1);
    expect(requestNames(recording.requests)).to.deep.equal([
      'scan',
      'scan',
      'scan',
      'scan',
      'get',
      'scan',
      'scan',
      'scan',
      'scan',
    ]);
    expect(await cards.scan().count()).to.equal(IDS.length + 1);
    expect((await cards.by(Card.byColour, { box: 'b', colour: 'red' }).toArray()).length).to.equal(IDS.length);
    const found: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await query.page({ pageSize: 2, continuation });
      found.push(...page.items.map(({ id }) => id));
      ({ continuation } = page);
    } while (continuation !== undefined);
    expect(found.toSorted()).to.deep.equal(IDS.toSorted());
  });

  it('are not read by other classes of the table, once their class is used', async () => {
    const opened = await open();
    const rows = await indexedRows(Card, opened);
    await rows.insert(...CARDS);
    const labels = opened.tables.repository(Label);
    expect((await labels.query({ box: 'b' }).toArray()).map(({ id }) => id).toSorted()).to.deep.equal(IDS.toSorted());
    expect(await labels.scan().count()).to.equal(IDS.length);
    expect(opened.tables.repository(Tag).query({ box: 'b' }).explain().requests).to.equal(1);
  });

  if (name !== 'memory') return;

  it('are refused beside a class whose row keys have no template', async () => {
    const { store } = await open();
    const first = await DataSource.open(store);
    first.repository(Card);
    expect(() => first.repository(Plain)).to.throw(
      'Plain cannot be stored as it is declared:\n' +
        '- its table mixed also holds the entries of the indexes of Card, and its row key has no template to be told ' +
        'from theirs: declare @Entity({ rowKey: \'{id}\' }), which stores the same keys unless they hold "~", or use a ' +
        'table of its own.',
    );
    const second = await DataSource.open(store);
    second.repository(Plain);
    expect(() => second.repository(Card)).to.throw(
      'Card cannot be stored as it is declared:\n' +
        '- its indexes have their entries in the table Mixed, where the row key of Plain has no template to be told ' +
        'from theirs: declare @Entity({ rowKey: \'{id}\' }), which stores the same keys unless they hold "~", or use a ' +
        'table of its own for Plain.',
    );
  });

  it('are told by explain() as two ranges of row keys', async () => {
    const cards = (await open()).tables.repository(Card);
    expect(cards.query({ box: 'b' }).explain()).to.deep.equal({
      plan: 'row range',
      requests: 2,
      comparisons: 2,
      filters: ["PartitionKey eq 'b' and RowKey lt '~i'", "PartitionKey eq 'b' and RowKey ge '~j'"],
      onClient: [],
    });
  });
});
