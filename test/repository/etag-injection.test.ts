import { expect } from 'chai';
import { Entity, ETag, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import type { DataSource } from '../../src/data-source/data-source.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { onEveryStore, rejection } from '../support/every-store.js';

/** The properties that a route lets its clients change. */
@Entity({ table: 'Profiles' })
class Profile {
  @PartitionKey() tenant!: PartitionKey;
  @RowKey() user!: RowKey;
  @Property({ type: 'String' }) nick?: string;
  @ETag() etag?: string;
}

/** All stored properties. */
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

/** ETags that contain more than an ETag, that no header can hold, or that a server would read as another. */
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
  'save of an entity that was never stored': (tables, etag) => tables.repository(Profile).save(profile(etag)),
  'save of a loaded entity': async (tables, etag) => {
    const loaded = await tables.repository(Profile).getOrThrow(key);
    await tables.repository(Profile).save(Object.assign(loaded, { nick: 'new', etag }));
  },
  'a save in a unit of work': (tables, etag) =>
    tables.unitOfWork(async (work) => void (await work.repository(Profile).save(profile(etag)))),
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

onEveryStore('An invalid ETag', (open) => {
  for (const [way, write] of Object.entries(WAYS)) {
    it(`An invalid ETag is refused before anything is sent: ${way}`, async () => {
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

  const OPTIONS: Readonly<Record<string, (tables: DataSource, etag: never) => Promise<unknown>>> = {
    merge: (tables, etag) => tables.repository(Profile).merge(key, { nick: 'new' }, { etag }),
    mergeMany: (tables, etag) => tables.repository(Profile).mergeMany([{ key, patch: { nick: 'new' }, etag }]),
    replace: async (tables, etag) => {
      const loaded = await tables.repository(Profile).getOrThrow(key);
      await tables.repository(Profile).replace(Object.assign(loaded, { nick: 'new' }), { etag });
    },
    delete: (tables, etag) => tables.repository(Profile).delete(key, { etag }),
    'delete of an entity': async (tables, etag) =>
      tables.repository(Profile).delete(await tables.repository(Profile).getOrThrow(key), { etag }),
    'delete of a key that states it': (tables, etag) => tables.repository(Profile).delete({ ...key, etag }),
    'a merge in a unit of work': (tables, etag) =>
      tables.unitOfWork((work) => work.repository(Profile).merge(key, { nick: 'new' }, { etag })),
    'a replace in a unit of work': (tables, etag) =>
      tables.unitOfWork(async (work) => {
        const profiles = work.repository(Profile);
        await profiles.replace(await profiles.getOrThrow(key), { etag });
      }),
    'a delete in a unit of work': (tables, etag) =>
      tables.unitOfWork((work) => work.repository(Profile).delete(key, { etag })),
    'a delete of an entity in a unit of work': (tables, etag) =>
      tables.unitOfWork(async (work) => {
        const profiles = work.repository(Profile);
        await profiles.delete(await profiles.getOrThrow(key), { etag });
      }),
  };
  for (const [verb, write] of Object.entries(OPTIONS)) {
    it(`An ETag that is null, empty or not a text is refused, since its caller wants a condition: ${verb}`, async () => {
      const { tables } = await open();
      const accounts = tables.repository(Account);
      await accounts.insert({ ...key, nick: 'old', role: 'user' });
      for (const etag of [null, '', 5, {}]) {
        const error = await rejection(write(tables, etag as never));
        const cause = EntitableError.is(error, 'commit.bulk-stopped') ? error.cause : error;
        expect(cause, JSON.stringify(etag)).to.include({ code: 'validation.invalid-etag' });
        expect({ ...(await accounts.get(key)) }).to.deep.equal({ ...key, nick: 'old', role: 'user' });
      }
    });
  }

  it('An @ETag property that is null or empty counts as not set: save inserts the new entity, and refuses other types', async () => {
    const { tables } = await open();
    const profiles = tables.repository(Profile);
    const saves = [null, ''].map(async (etag, index) =>
      profiles.save(Object.assign(profile(etag as never), { user: `new ${index}` })),
    );
    expect((await Promise.all(saves)).map(({ nick }) => nick)).to.deep.equal(['new', 'new']);
    const again = await rejection(profiles.save(Object.assign(profile(''), { user: 'new 0' })));
    expect(again).to.include({ code: 'store.already-exists' });
    for (const etag of [5, {}]) {
      expect(await rejection(profiles.save(profile(etag as never)))).to.include({ code: 'validation.invalid-etag' });
    }
  });

  it('An empty ETag is refused, because a service would take it for no condition', async () => {
    const { tables } = await open();
    await tables.repository(Account).insert({ ...key, nick: 'old', role: 'user' });
    const error = await rejection(tables.repository(Profile).merge(key, { nick: 'new' }, { etag: '' }));
    expect(error).to.include({ code: 'validation.invalid-etag' });
  });
});
