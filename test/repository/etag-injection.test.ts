import { expect } from 'chai';
import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import type { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { onEveryStore, rejection } from '../support/every-store.js';

/** What a route lets its clients change. */
@Entity({ table: 'Profiles' })
class Profile {
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() user!: RowKey;
  @Property({ type: 'String' }) nick?: string;
  @ETag() etag?: string;
}

/** All that is stored. */
@Entity({ table: 'Profiles' })
class Account {
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() user!: RowKey;
  @Property({ type: 'String' }) nick?: string;
  @Property({ type: 'String' }) role?: string;
}

const key = { tenant: 'p', user: 'me' };
const log = { tenant: 'p', user: 'log' };
const profile = (etag: string): Profile => Object.assign(new Profile(), { ...key, nick: 'new', etag });

/** ETags that say more than themselves, that no header can hold, or that a server would read as another. */
const ETAGS: Readonly<Record<string, string>> = {
  'headers and a body': '*\r\n\r\n{"role":"admin"}',
  'a line feed': '*\n',
  'another header': 'W/"1"\r\nX-HTTP-Method: DELETE',
  'a character beyond ASCII': 'W/"\u20ac"',
  'a NUL': 'W/"\0"',
  'white space before a star': ' *',
  'more than 256 characters': `W/"${'x'.repeat(300)}"`,
};

/** Every way in which an ETag comes from outside. */
const WAYS: Readonly<Record<string, (tables: DataSource, etag: string) => Promise<unknown>>> = {
  'merge, as an option': (tables, etag) => tables.repository(Profile).merge(key, { nick: 'new' }, { etag }),
  'replace, as an option': (tables, etag) => tables.repository(Profile).replace(profile('W/"1"'), { etag }),
  'replace, as the @ETag property': (tables, etag) => tables.repository(Profile).replace(profile(etag)),
  'delete, as an option': (tables, etag) => tables.repository(Profile).delete(key, { etag }),
  'delete, as the @ETag property': (tables, etag) => tables.repository(Profile).delete(profile(etag)),
  'delete of a plain object': (tables, etag) => tables.repository(Profile).delete({ ...key, etag }),
  mergeMany: (tables, etag) =>
    tables.repository(Profile).mergeMany([
      { key, patch: { nick: 'new' }, etag },
      { key: log, patch: { nick: 'new' } },
    ]),
  deleteMany: (tables, etag) => tables.repository(Profile).deleteMany([profile(etag)]),
  'a merge in a unit of work': (tables, etag) =>
    tables.unitOfWork(async (work) => {
      const profiles = work.repository(Profile);
      await profiles.merge(key, { nick: 'new' }, { etag });
      await profiles.merge(log, { nick: 'new' });
    }),
  'a replace in a unit of work': (tables, etag) =>
    tables.unitOfWork(async (work) => {
      await work.repository(Profile).replace(profile(etag));
      await work.repository(Profile).merge(log, { nick: 'new' });
    }),
  'a delete in a unit of work': (tables, etag) =>
    tables.unitOfWork(async (work) => {
      await work.repository(Profile).delete(profile(etag));
      await work.repository(Profile).merge(log, { nick: 'new' });
    }),
};

onEveryStore('An ETag that is none', (open) => {
  for (const [way, write] of Object.entries(WAYS)) {
    it(`is refused before anything is sent: ${way}`, async () => {
      const { tables } = await open();
      const accounts = tables.repository(Account);
      for (const at of [key, log]) await accounts.insert({ ...at, nick: 'old', role: 'user' });
      for (const [what, etag] of Object.entries(ETAGS)) {
        const error = await rejection(write(tables, etag));
        const cause = EntitableError.is(error, 'commit.bulk-stopped') ? error.cause : error;
        expect(cause, what).to.include({ code: 'validation.invalid-etag' });
        for (const at of [key, log]) {
          expect({ ...(await accounts.get(at)) }, what).to.deep.equal({ ...at, nick: 'old', role: 'user' });
        }
      }
    });
  }

  it('is refused when it is empty, which a service would take for no condition', async () => {
    const { tables } = await open();
    await tables.repository(Account).insert({ ...key, nick: 'old', role: 'user' });
    const error = await rejection(tables.repository(Profile).merge(key, { nick: 'new' }, { etag: '' }));
    expect(error).to.include({ code: 'validation.invalid-etag' });
  });
});
