import { expect } from 'chai';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import type { Query } from '../../src/query/query.js';
import { onEveryStore, rejection } from '../support/every-store.js';
import { order, Order } from '../support/models.js';

const ROWS = 30;
const TAKE = 5;

async function filled(tables: DataSource): Promise<DataSource> {
  const orders = Array.from({ length: ROWS }, (_, index) =>
    order({ customerId: 'a', orderId: `o${String(index).padStart(3, '0')}`, items: index % 20 }),
  );
  await tables.repository(Order).insertMany(orders);
  return tables;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * Returns a function that forges continuations, as anyone who knows the query can: without a secret, their checksum
 * contains none.
 */
function forger(tables: DataSource, query: Query<Order>): (content: unknown) => string {
  const { table, filter } = query.compile();
  const fingerprint = sha256(JSON.stringify([tables.traits.kind, table, filter, undefined, undefined]));
  return (content) => {
    const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
    return `1${sha256(`${fingerprint}\n${payload}`).slice(0, 22)}${payload}`;
  };
}

const contentOf = (continuation: string): unknown[] =>
  JSON.parse(Buffer.from(continuation.slice(23), 'base64url').toString()) as unknown[];

/** Follows a continuation page by page to the end, and returns the keys of the rows or the code of the error. */
async function follow(query: Query<Order>, continuation: string | undefined): Promise<readonly string[] | string> {
  const found: string[] = [];
  try {
    for (let pages = 0; continuation !== undefined && pages <= ROWS; pages++) {
      const page = await query.page({ continuation, pageSize: 10, timeout: 10_000 });
      found.push(...page.items.map(({ orderId }) => orderId));
      ({ continuation } = page);
    }
  } catch (error) {
    return EntitableError.is(error) ? error.code : String(error);
  }
  return found;
}

const odd = fc.oneof(
  fc.constantFrom(-1, -1e12, -0.5, 1.5, 0, 1, 2, 4, 5, 6, 1e9, 2 ** 53, 1e300, null, true, [], {}),
  fc.constantFrom(
    'length',
    '__proto__',
    '0',
    '',
    'a',
    'o010',
    "' or 1 eq 1",
    '\ud800',
    'é\u0000\r\nx',
    '%zz',
    'x'.repeat(9000),
  ),
  fc
    .constantFrom<readonly unknown[]>(['a', '\ud800'], ['o010'], ['o010', 'b'], [1], ['o010', 'a', 'c'])
    .map((keys) => Buffer.from(JSON.stringify(keys)).toString('base64url')),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer(),
);

onEveryStore('Forged continuations', (open, store) => {
  it('Forged continuations are rejected, or yield rows of the query, no more than its take, and end', async function () {
    this.timeout(120_000);
    const { tables } = await open();
    const orders = (await filled(tables)).repository(Order).query({ customerId: 'a' });
    const within = orders.where('items', 'in', [...Array(18).keys()] as [number, ...number[]]);
    const queries = [orders.take(TAKE), within.take(TAKE), orders.where('orderId', 'in', ['o003', 'o007'])];
    const real = await Promise.all(queries.map(async (query) => (await query.page({ pageSize: 1 })).continuation));
    let followed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(queries.length - 1),
        fc.array(fc.tuple(fc.nat(5), odd), { minLength: 1, maxLength: 3 }),
        async (which, changes) => {
          const query = queries[which]!;
          const content = contentOf(real[which]!);
          for (const [at, value] of changes) content[Math.min(at, content.length)] = value;
          const found = await follow(query, forger(tables, query)(content));
          if (typeof found === 'string') {
            expect(found).to.equal('query.invalid-continuation');
            return;
          }
          followed++;
          expect(found.length).to.be.at.most(TAKE);
          const matching = (await query.take(ROWS).toArray()).map(({ orderId }) => orderId);
          expect(found.filter((key) => !matching.includes(key))).to.deep.equal([]);
        },
      ),
      { seed: 8, numRuns: store === 'azurite' ? 60 : 400 },
    );
    expect(followed).to.be.greaterThan(0);
  });

  it('Forged continuations with an invalid leg, or with more rows than the take, are rejected', async () => {
    const { tables } = await open();
    const query = (await filled(tables)).repository(Order).query({ customerId: 'a' }).take(TAKE);
    const [, , own] = contentOf((await query.page({ pageSize: 2 })).continuation!);
    const forge = forger(tables, query);
    const refused: unknown[] = [];
    for (const content of [
      [-1e12, 1, 0],
      ['length', 1, 0],
      ['__proto__', 1, 0],
      [1, 1, 0],
      [0, 1e9, own],
      [0, 0, own],
      [0, -1, own],
      null,
      5,
    ]) {
      refused.push(await follow(query, forge(content)));
    }
    expect(refused).to.deep.equal(refused.map(() => 'query.invalid-continuation'));
    expect(await follow(query, forge([0, 3, own]))).to.deep.equal(['o002', 'o003', 'o004']);
  });
});

onEveryStore('Continuations with a secret', (open) => {
  const SECRETS = ['correct horse battery staple', Buffer.from('another secret of mine')] as const;

  it('Continuations with a secret are rejected if they were made without it, with another, or without any', async () => {
    const { tables, store, tableName } = await open({ continuationSecret: SECRETS[0] });
    const query = (await filled(tables)).repository(Order).query({ customerId: 'a' }).take(TAKE);
    const { continuation } = await query.page({ pageSize: 2 });
    expect(await follow(query, continuation)).to.deep.equal(['o002', 'o003', 'o004']);
    const content = contentOf(continuation!);
    expect(await follow(query, forger(tables, query)(content))).to.equal('query.invalid-continuation');

    for (const secret of [{ continuationSecret: SECRETS[1] }, {}]) {
      const other = await DataSource.open(store, { tableName, ...secret });
      const same = other.repository(Order).query({ customerId: 'a' }).take(TAKE);
      expect(await follow(same, continuation)).to.equal('query.invalid-continuation');
      expect(await follow(query, (await same.page({ pageSize: 2 })).continuation)).to.equal(
        'query.invalid-continuation',
      );
    }
    const rotated = await DataSource.open(store, { tableName, continuationSecret: [SECRETS[1], SECRETS[0]] });
    const same = rotated.repository(Order).query({ customerId: 'a' }).take(TAKE);
    expect(await follow(same, continuation)).to.deep.equal(['o002', 'o003', 'o004']);
    const next = (await same.page({ pageSize: 2, continuation })).continuation;
    expect(await follow(same, next)).to.deep.equal(['o004']);
    expect(await follow(query, next)).to.equal('query.invalid-continuation');
  });

  it('Continuations with a secret are rejected if any character is changed', async () => {
    const { tables } = await open({ continuationSecret: SECRETS[0] });
    const query = (await filled(tables)).repository(Order).query({ customerId: 'a' });
    const continuation = (await query.page({ pageSize: 2 })).continuation!;
    for (let at = 0; at < continuation.length; at++) {
      const changed = continuation.slice(0, at) + (continuation[at] === 'A' ? 'B' : 'A') + continuation.slice(at + 1);
      expect(await follow(query, changed)).to.equal('query.invalid-continuation');
    }
  });

  it('The secret of continuations has at least 16 bytes, and no error shows it', async () => {
    for (const secret of ['short', new Uint8Array(15), 5, [], ['short'], null]) {
      const error = await rejection(open({ continuationSecret: secret as never }));
      expect(error).to.have.property('code', 'validation.invalid-option');
      expect(String(error)).not.to.contain('short ').and.not.to.contain('"short"');
    }
  });

  it('The secret of continuations is rejected if it is undefined, so that an unset variable does not leave them unsigned', async () => {
    const unset = process.env['ENTITABLE_TEST_NOT_SET'];
    for (const secret of [unset, [unset], [SECRETS[0], unset]]) {
      const error = await rejection(open({ continuationSecret: secret as never }));
      expect(error).to.include({
        code: 'validation.invalid-option',
        message:
          'continuationSecret takes a string or bytes, at least 16 bytes long, or an array of them, ' +
          'not undefined (is the variable set? Without the option nothing is signed).',
      });
    }
  });
});
