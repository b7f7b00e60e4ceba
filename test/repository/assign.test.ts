import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { newestFirst } from '../../src/metadata/converters/date-keys.js';
import { Entity, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DomainEvent, order, Order } from '../support/models.js';

const KEY = { customerId: 'c1', orderId: 'o1' } as const;

describe('assign', () => {
  let tables: DataSource;
  beforeEach(async () => (tables = await DataSource.open('memory:')));
  afterEach(() => tables.close());

  it('assign sets the values of a patch, ignores undefined, makes null properties absent, and returns the entity', async () => {
    const orders = tables.repository(Order);
    await orders.insert(order({ status: 'open', email: 'a@b.c', paid: true }));
    const loaded = await orders.getOrThrow(KEY);
    const same = orders.assign(loaded, { total: 5, status: undefined, email: null });
    expect(same).to.equal(loaded);
    expect(same).to.include({ total: 5, status: 'open', email: undefined, paid: true });
    await orders.save(same);
    expect(await orders.getOrThrow(KEY)).to.include({ total: 5, status: 'open', email: undefined, paid: true });
  });

  it("assign accepts the entity's own key, and fills in the key of an entity without one", () => {
    const orders = tables.repository(Order);
    expect(orders.assign(order(), { ...KEY, total: 1 })).to.include({ ...KEY, total: 1 });
    expect(orders.assign(new Order(), { ...KEY, total: 1 })).to.include({ ...KEY, total: 1 });
    const events = tables.repository(DomainEvent);
    const at = new Date(5);
    const event = events.create({ tenantId: 't', stream: 's', at, eventId: 'e' });
    expect(events.assign(event, { at: new Date(5), payload: 1 }).at).to.equal(at);
  });

  it('assign works in a unit of work, which detects the change', async () => {
    await tables.repository(Order).insert(order({ email: 'a@b.c' }));
    await tables.unitOfWork(async (work) => {
      const orders = work.repository(Order);
      orders.assign(await orders.getOrThrow(KEY), { total: 7, email: null });
    });
    expect(await tables.repository(Order).getOrThrow(KEY)).to.include({ total: 7, email: undefined });
  });

  const REFUSED: Readonly<Record<string, readonly [object, string]>> = {
    'another key': [{ total: 1, orderId: 'o2' }, 'key.changed'],
    'null for a key': [{ total: 1, orderId: null }, 'key.missing-part'],
    'a name that is not stored': [{ total: 1, totl: 1 }, 'validation.unknown-property'],
    'a method': [{ total: 1, isLarge: 1 }, 'validation.unknown-property'],
    'the ETag': [{ total: 1, etag: 'W/"x"' }, 'validation.unknown-property'],
    'the timestamp': [{ total: 1, updatedAt: new Date() }, 'validation.unknown-property'],
  };
  for (const [what, [patch, code]] of Object.entries(REFUSED)) {
    it(`assign refuses ${what} with ${code} and sets nothing`, () => {
      const entity = order();
      expect(() => tables.repository(Order).assign(entity, patch))
        .to.throw(EntitableError)
        .with.property('code', code);
      expect(entity).to.deep.equal(order());
    });
  }

  it('assign refuses a property that cannot be set, and a value that is not an object', () => {
    const orders = tables.repository(Order);
    expect(() => orders.assign(Object.freeze(order()), { total: 1 }))
      .to.throw(EntitableError)
      .with.property('code', 'entity.read-only');
    for (const [entity, patch] of [
      [undefined, {}],
      [order(), undefined],
      [order(), 'total'],
    ]) {
      expect(() => orders.assign(entity as never, patch as never))
        .to.throw(EntitableError)
        .with.property('code', 'entity.not-an-object');
    }
  });

  it('assign uses the setters of the class', () => {
    @Entity({ table: 'Logs', rowKey: '{at}' })
    class Log {
      @PartitionKey() host!: PartitionKey;
      @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
      #text = '';
      @Property({ type: 'String' }) get text(): string {
        return this.#text;
      }
      set text(text: string) {
        this.#text = text.trim();
      }
    }
    const logs = tables.repository(Log);
    const log = logs.create({ host: 'h', at: new Date(0), text: ' one ' });
    expect([log.text, logs.assign(log, { text: ' two ' }).text]).to.deep.equal(['one', 'two']);
  });
});
