import { expect } from 'chai';
import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { json } from '../../src/metadata/converters/json.js';
import { DataSource } from '../../src/data-source/data-source.js';
import type { Repository } from '../../src/repository/repository.js';
import { requestNames, recordingStore } from '../../src/testing/recording-store.js';
import { onEveryStore, rejection } from '../support/every-store.js';

@Entity({ table: 'Accounts' })
class Account {
  @PartitionKey() owner!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property({ type: 'String' }) mail?: string | null | undefined;
  @Property({ type: 'String' }) phone?: string | null | undefined;
  @Property({ converter: json<readonly string[]>() }) roles?: readonly string[] | null | undefined;
  @ETag() etag?: string | undefined;
}

const KEY = { owner: 'o', name: 'n' } as const;
const STORED = { mail: 'a@x', phone: '1', roles: ['admin'] } as const;
const account = (values: Partial<Account>): Account => Object.assign(new Account(), KEY, values);
const valuesOf = ({ mail, phone, roles }: Account): object => ({ mail, phone, roles });

/** The two ways of saving an entity: at once, or in a unit of work that is committed. */
const WAYS: Readonly<Record<string, (tables: DataSource, entity: Account) => Promise<unknown>>> = {
  'at once': (tables, entity) => tables.repository(Account).save(entity),
  'in a unit of work': (tables, entity) => tables.unitOfWork((work) => work.repository(Account).save(entity)),
};

onEveryStore('Saving an entity that was never loaded', (open) => {
  async function stored(): Promise<{ tables: DataSource; accounts: Repository<Account>; etag: string | undefined }> {
    const { tables } = await open();
    const accounts = tables.repository(Account);
    const { etag } = await accounts.insert(account(STORED));
    return { tables, accounts, etag };
  }

  for (const [way, save] of Object.entries(WAYS)) {
    it(`Saving an unloaded entity keeps properties that are undefined or missing, and removes those that are null (${way})`, async () => {
      const { tables, accounts, etag } = await stored();
      const dto = account({ etag, mail: 'b@x', phone: null, roles: undefined });
      await save(tables, dto);
      const found = await accounts.getOrThrow(KEY);
      expect(valuesOf(found)).to.deep.equal({ mail: 'b@x', phone: undefined, roles: ['admin'] });
      expect(dto.etag).to.equal(found.etag);
    });

    it(`Saving an unloaded entity fills in the stored values that it did not have (${way})`, async () => {
      const { tables, accounts, etag } = await stored();
      const [changed, unchanged] = [account({ etag, mail: 'b@x' }), account({ mail: 'b@x' })];
      await save(tables, changed);
      expect({ ...changed }).to.deep.equal({ ...(await accounts.getOrThrow(KEY)) });
      unchanged.etag = changed.etag;
      await save(tables, unchanged);
      expect({ ...unchanged }).to.deep.equal({ ...changed });
      await save(tables, changed);
      expect((await accounts.getOrThrow(KEY)).etag).to.equal(changed.etag);
      (changed.roles as string[]).push('owner');
      changed.phone = undefined;
      await save(tables, changed);
      expect(valuesOf(await accounts.getOrThrow(KEY))).to.deep.equal({
        mail: 'b@x',
        phone: undefined,
        roles: ['admin', 'owner'],
      });
    });

    it(`A later save of an unloaded entity removes only properties that the object once had (${way})`, async () => {
      const { tables, accounts, etag } = await stored();
      const dto = account({ etag, mail: 'b@x' });
      await save(tables, dto);
      dto.mail = undefined;
      await save(tables, dto);
      expect(valuesOf(await accounts.getOrThrow(KEY))).to.deep.equal({ mail: undefined, phone: '1', roles: ['admin'] });
      dto.phone = '2';
      await save(tables, dto);
      dto.phone = undefined;
      await save(tables, dto);
      expect(valuesOf(await accounts.getOrThrow(KEY))).to.deep.equal({ ...NOTHING, roles: ['admin'] });
      dto.roles = null;
      await save(tables, dto);
      expect(valuesOf(await accounts.getOrThrow(KEY))).to.deep.equal(NOTHING);
    });

    it(`Saving an unloaded entity without differences sends no write and remembers the row (${way})`, async () => {
      const { tables, accounts, etag } = await stored();
      const dto = account({ etag, mail: 'a@x' });
      await save(tables, dto);
      expect((await accounts.getOrThrow(KEY)).etag).to.equal(etag);
      dto.mail = undefined;
      await save(tables, dto);
      expect(valuesOf(await accounts.getOrThrow(KEY))).to.deep.equal({ mail: undefined, phone: '1', roles: ['admin'] });
    });
  }

  it('Saving works the same for a plain object and for a copy made with spread', async () => {
    const { accounts, etag } = await stored();
    await accounts.save({ ...KEY, etag, mail: 'b@x' });
    const loaded = await accounts.getOrThrow(KEY);
    await accounts.save({ ...loaded, mail: 'c@x', phone: undefined });
    expect(valuesOf(await accounts.getOrThrow(KEY))).to.deep.equal({ ...STORED, mail: 'c@x' });
  });

  it('An unloaded entity has all values of its row after a refresh', async () => {
    const { accounts, etag } = await stored();
    const dto = account({ etag, mail: 'b@x' });
    await accounts.save(dto);
    await accounts.refresh(dto);
    dto.phone = undefined;
    await accounts.save(dto);
    expect(valuesOf(await accounts.getOrThrow(KEY))).to.deep.equal({ mail: 'b@x', phone: undefined, roles: ['admin'] });
  });

  it('Saving an unloaded entity reads the row once, and the next save does not read again', async () => {
    const { store, tableName, tables } = await open();
    const { etag } = await tables.repository(Account).insert(account(STORED));
    const { store: recorded, requests } = recordingStore(store);
    const accounts = (await DataSource.open(recorded, { tableName })).repository(Account);
    const dto = account({ etag, mail: 'b@x' });
    await accounts.save(dto);
    await accounts.save(dto);
    dto.mail = 'c@x';
    await accounts.save(dto);
    expect(requestNames(requests)).to.deep.equal(['get', 'merge', 'merge']);
  });

  it('Saving an unloaded entity remembers nothing of the row if it is refused', async () => {
    const { tables, accounts, etag } = await stored();
    await accounts.merge(KEY, { mail: 'theirs' });
    const dto = account({ etag, mail: 'mine' });
    for (const save of Object.values(WAYS)) {
      expect(await rejection(save(tables, dto))).to.have.property('code', 'store.precondition-failed');
    }
    dto.etag = (await accounts.getOrThrow(KEY)).etag;
    await accounts.save(dto);
    expect(valuesOf(await accounts.getOrThrow(KEY))).to.deep.equal({ ...STORED, mail: 'mine' });
  });

  it('A unit of work applies a patch to an unloaded entity: null removes a property that the object never had', async () => {
    const { tables, accounts, etag } = await stored();
    await tables.unitOfWork(async (work) => {
      const repository = work.repository(Account);
      await repository.save(account({ etag, mail: 'b@x' }));
      await repository.merge(KEY, { phone: null, roles: undefined });
    });
    expect(valuesOf(await accounts.getOrThrow(KEY))).to.deep.equal({ mail: 'b@x', phone: undefined, roles: ['admin'] });
  });
});

const NOTHING = { mail: undefined, phone: undefined, roles: undefined };
