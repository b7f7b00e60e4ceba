import { expect } from 'chai';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Entity, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { DataSource } from '../../src/data-source/data-source.js';
import type { Converter } from '../../src/metadata/converter.js';
import { dateOfTicks, ticks, ticksOfDate } from '../../src/metadata/converters/ticks.js';
import { json } from '../../src/metadata/converters/json.js';
import { defineEntity } from '../../src/metadata/define-entity.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { codeOf } from '../filter/thrown.js';

const SECRET = randomBytes(32);

/** Encrypts with a random nonce, so the same value is never stored in the same form twice. */
const encrypted: Converter<string, 'Binary'> = {
  type: 'Binary',
  toStored(value) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', SECRET, nonce);
    return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
  },
  fromStored(bytes) {
    const decipher = createDecipheriv('aes-256-gcm', SECRET, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    return decipher.update(bytes.subarray(12, -16)).toString() + decipher.final().toString();
  },
};

/** A class with private content: two different instances look the same from outside. */
class Money {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}

const money: Converter<Money, 'Int32'> = {
  type: 'Int32',
  toStored: ({ cents }) => cents,
  fromStored: (cents) => new Money(cents),
};

let salt = 0;
const salted: Converter<Money, 'String'> = {
  type: 'String',
  equality: false,
  toStored: ({ cents }) => `${++salt}/${cents}`,
  fromStored: (text) => new Money(Number(text.split('/')[1])),
  same: (left, right) => left.cents === right.cents,
};

@Entity({ table: 'Secrets' })
class Secret {
  @PartitionKey() owner!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ converter: encrypted }) text?: string;
  @Property({ converter: json<object>() }) data?: object;
  @Property({ converter: money }) price?: Money;
  @Property({ converter: salted }) paid?: Money;
  @Property({ type: 'String' }) note?: string;
}

const KEY = { owner: 'a', id: '1' };

onEveryStore('A converter that stores a value in another form each time', (open) => {
  async function opened(): Promise<{ readonly tables: DataSource; readonly sent: string[] }> {
    const sent: string[] = [];
    const { tables } = await open({
      logger: (event) => {
        if (event.kind === 'operation') sent.push(event.operation);
      },
    });
    const values = { text: 'x', data: { a: 1, b: [{ c: 2, d: 3 }] }, price: new Money(5), paid: new Money(7) };
    await tables.repository(Secret).insert(Object.assign(new Secret(), { ...KEY, ...values }));
    return { tables, sent };
  }

  it('A value that is stored in another form each time does not count as changed while it is the same', async () => {
    const { tables, sent } = await opened();
    const secrets = tables.repository(Secret);
    const secret = await secrets.getOrThrow(KEY);
    sent.length = 0;
    await secrets.save(secret);
    secret.data = { b: [{ d: 3, c: 2 }], a: 1 };
    secret.price = new Money(5);
    secret.paid = new Money(7);
    await secrets.save(secret);
    expect(sent).to.deep.equal([]);
  });

  it('A value that is stored in another form each time counts as changed when it is different', async () => {
    const { tables, sent } = await opened();
    const secrets = tables.repository(Secret);
    const changes: readonly Partial<Secret>[] = [
      { text: 'y' },
      { data: { a: 1, b: [{ c: 2, d: 4 }] } },
      { price: new Money(6) },
      { paid: new Money(8) },
    ];
    for (const change of changes) {
      const secret = Object.assign(await secrets.getOrThrow(KEY), change);
      sent.length = 0;
      await secrets.save(secret);
      expect(sent).to.deep.equal(['merge']);
      const { text, data, price, paid } = await secrets.getOrThrow(KEY);
      expect([text, data, price?.cents, paid?.cents]).to.deep.equal([
        secret.text,
        secret.data,
        secret.price?.cents,
        secret.paid?.cents,
      ]);
    }
  });

  it('Units of work that only read a value stored in another form each time do not conflict', async () => {
    const { tables, sent } = await opened();
    sent.length = 0;
    const reader = (): Promise<void> =>
      tables.unitOfWork(async (work) => {
        await work.repository(Secret).getOrThrow(KEY);
      });
    await Promise.all([reader(), reader()]);
    expect(sent).to.deep.equal(['get', 'get']);
  });

  it('A converter with equality: false allows filters for presence but not for equality', async () => {
    const { tables } = await opened();
    const query = tables.repository(Secret).query({ owner: 'a' });
    const loose = query as unknown as { where(name: string, operator: string, value: unknown): unknown };
    for (const name of ['data', 'paid']) {
      for (const [operator, value] of [
        ['eq', {}],
        ['ne', {}],
        ['in', [{}]],
      ] as const) {
        expect(codeOf(() => loose.where(name, operator, value))).to.equal('query.not-comparable');
      }
      expect(await query.where((s) => s[name as 'data'].isPresent()).count()).to.equal(1);
    }
    expect(query.where('text', 'eq', 'x').explain().requests).to.equal(1);
  });
});

describe('A converter whose same() throws', () => {
  it('A converter whose same() throws makes save fail, with its error in the details only', async () => {
    const broken: Converter<string, 'String'> = {
      type: 'String',
      toStored: (value) => `${value}${++salt}`,
      fromStored: (text) => text,
      same: () => {
        throw new Error('hunter2');
      },
    };
    class Broken {
      p = 'p';
      r = 'r';
      text?: string;
    }
    defineEntity(Broken, {
      table: 'Broken',
      properties: { p: 'PartitionKey', r: 'RowKey', text: { converter: broken } } as never,
    });
    await using tables = await DataSource.open('memory:');
    const repository = tables.repository(Broken);
    const entity = await repository.insert(Object.assign(new Broken(), { text: 'x' }));
    const error = (await rejection(repository.save(entity))) as Error & { code: string; details: { error: Error } };
    expect(error.code).to.equal('validation.converter-failed');
    expect(error.message).not.to.contain('hunter2');
    expect(error.details.error.message).to.equal('hunter2');
  });
});

@Entity({ table: 'Measures' })
class Measure {
  @PartitionKey() sensor!: PartitionKey;
  @RowKey() id!: RowKey;
  @Property({ converter: ticks() }) at?: bigint;
  @Property({ type: 'DateTime', name: 'seen' }) seen?: Date;
  @Property({ type: 'Int32' }) n?: number;
}

onEveryStore('Ticks', (open, store) => {
  const NOW = ticksOfDate(new Date('2026-11-21T09:30:00.123Z'));
  const TIMES = [0n, 1n, 4567n, 9999n, 10_000n].map((more) => NOW + more);

  async function measured(): Promise<Awaited<ReturnType<typeof open>>> {
    const opened = await open();
    const measures = TIMES.map((at, n) => Object.assign(new Measure(), { sensor: 's', id: `${n}`, at, n }));
    await opened.tables.repository(Measure).insertMany(measures);
    return opened;
  }

  it('Ticks are read as they were written, to 100 ns', async () => {
    const measures = (await measured()).tables.repository(Measure);
    expect((await measures.query({ sensor: 's' }).toArray()).map(({ at }) => at)).to.deep.equal(TIMES);
    expect(await measures.query({ sensor: 's' }).select('at').first()).to.deep.equal({ at: TIMES[0] });
  });

  it('Ticks are compared exactly by filters, and sorted', async () => {
    const query = (await measured()).tables.repository(Measure).query({ sensor: 's' });
    const found = async (asked: typeof query): Promise<string> => (await asked.toArray()).map(({ n }) => n).join('');
    expect([
      await found(query.where('at', 'eq', NOW + 4567n)),
      await found(query.where('at', 'eq', NOW + 4566n)),
      await found(query.where('at', 'gt', NOW + 1n)),
      await found(query.where('at', 'le', NOW + 1n)),
      await found(query.where('at', 'between', [NOW + 1n, NOW + 9999n])),
      await found(query.where('at', 'in', [NOW, NOW + 9999n])),
      await found(query.where('at', 'ne', NOW)),
      await found(query.orderBy('at', 'desc')),
    ]).to.deep.equal(
      // The emulator compares dates by the millisecond; the service does not.
      store === 'azurite'
        ? ['0123', '0123', '4', '0123', '0123', '0123', '4', '43210']
        : ['2', '', '234', '01', '123', '03', '1234', '43210'],
    );
    expect(query.where('at', 'eq', NOW + 4567n).compile().filter).to.equal(
      "PartitionKey eq 's' and at eq datetime'2026-11-21T09:30:00.1234567Z'",
    );
  });

  it('Ticks count as changed only when they differ, even by 100 ns or down to zero', async () => {
    const measures = (await measured()).tables.repository(Measure);
    const key = { sensor: 's', id: '2' };
    const measure = await measures.getOrThrow(key);
    const before = (await measures.scan().where('n', 'eq', 2).first())!;
    measure.n = 20;
    await measures.save(measure);
    expect((await measures.getOrThrow(key)).at).to.equal(before.at);
    measure.at = NOW;
    await measures.save(measure);
    expect((await measures.getOrThrow(key)).at).to.equal(NOW);
  });

  it('Ticks that a DateTime cannot hold are rejected', async () => {
    const measures = (await open()).tables.repository(Measure);
    const wrong = [504_911_231_999_999_999n, 3_155_378_976_000_000_000n, 5, new Date()];
    for (const at of wrong) {
      const insert = measures.insert(Object.assign(new Measure(), { sensor: 's', id: '1', at }));
      expect(await rejection(insert)).to.have.property('code', 'validation.converter-failed');
    }
    const edges = [504_911_232_000_000_000n, 3_155_378_975_999_999_999n];
    for (const [index, at] of edges.entries()) {
      const inserted = Object.assign(new Measure(), { sensor: 's', id: `${index}`, at });
      await measures.insert(inserted);
      expect((await measures.getOrThrow({ sensor: 's', id: `${index}` })).at).to.equal(at);
      expect(dateOfTicks(at).toISOString()).to.match(index === 0 ? /^1601-01-01T00/ : /^9999-12-31T23:59:59.999Z/);
    }
  });
});
