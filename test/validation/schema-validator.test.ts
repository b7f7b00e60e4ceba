import { inspect } from 'node:util';
import { IsEmail } from 'class-validator';
import { expect } from 'chai';
import * as v from 'valibot';
import { z } from 'zod';
import { defineEntity, Entity, EntitableError, PartitionKey, Property, RowKey, type StandardSchema } from 'entitable';
import { onEveryStore, rejection } from '../support/every-store.js';

class Account {
  id!: PartitionKey;
  name!: RowKey;
  credit!: number;
  email?: string | undefined;
}

const SCHEMAS: Readonly<Record<string, { readonly schema: StandardSchema; readonly constraints: readonly string[] }>> =
  {
    zod: {
      schema: z.object({ name: z.string().min(2), credit: z.number().min(0), email: z.email().optional() }),
      constraints: ['too_small', 'invalid_format'],
    },
    valibot: {
      schema: v.object({
        name: v.pipe(v.string(), v.minLength(2)),
        credit: v.pipe(v.number(), v.minValue(0)),
        email: v.optional(v.pipe(v.string(), v.email())),
      }),
      constraints: ['min_value', 'email'],
    },
    'an asynchronous one': {
      schema: {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: async (value) => {
            const { credit, email } = (await Promise.resolve(value)) as Account;
            const issues = [
              ...(credit < 0 ? [{ message: 'is -77777', path: ['credit'] }] : []),
              ...(email === 'nobody' ? [{ message: 'is nobody', path: [{ key: 'email' }] }] : []),
            ];
            return issues.length === 0 ? {} : { issues };
          },
        },
      },
      constraints: ['schema', 'schema'],
    },
  };

for (const [library, { schema, constraints }] of Object.entries(SCHEMAS)) {
  class Checked extends Account {}
  defineEntity(Checked, {
    table: 'Checked',
    schema,
    properties: { id: 'PartitionKey', name: 'RowKey', credit: 'Double', email: 'String' },
  });
  const account = (changes: Partial<Account> = {}): Checked =>
    Object.assign(new Checked(), { id: '1', name: 'ab', credit: 1, ...changes });
  const violations = ['credit', 'email'].map((property, index) => ({ property, constraints: [constraints[index]] }));

  onEveryStore(`A schema of ${library}`, (open) => {
    it('is checked on every verb that writes, before anything is sent, values nowhere', async () => {
      const { tables } = await open();
      const accounts = tables.repository(Checked);
      const loaded = await accounts.insert(account());
      const wrong = { credit: -77_777, email: 'nobody' };
      const key = { id: '1', name: 'ab' };
      for (const write of [
        () => accounts.insert(account({ ...wrong })),
        () => accounts.upsert(account(wrong)),
        () => accounts.replace(account(wrong), { etag: '*' }),
        () => accounts.save(Object.assign(loaded, wrong)),
        () => accounts.merge(key, wrong),
        () => accounts.query({ id: '1' }).merge(wrong),
      ]) {
        const error = await rejection(write());
        if (!EntitableError.is(error, 'validation.failed')) throw error;
        expect(error.details).to.deep.equal({ className: 'Checked', violations });
        expect(inspect(error, { depth: 9 })).not.to.match(/77777|nobody/);
      }
      expect(await accounts.getOrThrow(key)).to.include({ credit: 1 });
    });

    it('counts for a patch only where it changes something, and not at all when validation is off', async () => {
      const { tables } = await open({ validate: false });
      const accounts = tables.repository(Checked);
      await accounts.insert(account({ credit: -1 }));
      const checked = (await open()).tables.repository(Checked);
      await checked.insert(account());
      await checked.merge({ id: '1', name: 'ab' }, { email: 'a@example.org' });
      expect(await checked.getOrThrow({ id: '1', name: 'ab' })).to.include({ email: 'a@example.org', credit: 1 });
    });
  });
}

@Entity({ table: 'Both', schema: z.object({ credit: z.number().min(0) }) })
class Both {
  @PartitionKey() id!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property() credit!: number;
  @Property() @IsEmail() email!: string;
}

onEveryStore('A schema beside the constraints of class-validator', (open) => {
  it('is checked first, and then they are', async () => {
    const both = (await open()).tables.repository(Both);
    const entity = { id: '1', name: 'n', credit: -1, email: 'nobody' };
    const codes: unknown[] = [];
    for (const changes of [{}, { credit: 1 }]) {
      const error = await rejection(both.insert(Object.assign(new Both(), entity, changes)));
      codes.push(EntitableError.is(error, 'validation.failed') && error.details.violations);
    }
    expect(codes).to.deep.equal([
      [{ property: 'credit', constraints: ['too_small'] }],
      [{ property: 'email', constraints: ['isEmail'] }],
    ]);
  });
});
