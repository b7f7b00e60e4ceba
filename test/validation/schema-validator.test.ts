import { inspect } from 'node:util';
import { IsEmail, ValidateBy } from 'class-validator';
import { expect } from 'chai';
import * as v from 'valibot';
import { z } from 'zod';
import {
  defineEntity,
  Entity,
  EntitableError,
  PartitionKey,
  Property,
  RowKey,
  type StandardSchema,
  type UnitOfWork,
} from 'entitable';
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
    'an asynchronous validator': {
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
    it('A schema is checked by every method that writes, before a request, with an error that quotes no values', async () => {
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

    const codesOf = (details: readonly { readonly index: number; readonly error: unknown }[]) =>
      details.map(({ index, error }) => [
        index,
        EntitableError.is(error, 'validation.failed') && error.details.violations,
      ]);
    const many = (): Checked[] => [
      account({ id: 'm', name: 'first' }),
      account({ id: 'm', name: 'wrong', credit: -77_777, email: 'nobody' }),
      account({ id: 'm', name: 'third' }),
    ];

    for (const verb of ['insertMany', 'upsertMany'] as const) {
      it(`A schema is checked for every entity of ${verb}, which collects the invalid one or stops at it`, async () => {
        const accounts = (await open()).tables.repository(Checked);
        const { written, failed } = await accounts[verb](many(), { onError: 'collect' });
        expect([written, codesOf(failed)]).to.deep.equal([2, [[1, violations]]]);
        expect(await accounts.query({ id: 'm' }).select('name').toArray()).to.deep.equal([
          { name: 'first' },
          { name: 'third' },
        ]);

        const stopped = await rejection(accounts[verb](many().map((each) => Object.assign(each, { id: 'n' }))));
        if (!EntitableError.is(stopped, 'commit.bulk-stopped')) throw stopped;
        expect(codesOf(stopped.details.failed)).to.deep.equal([[1, violations]]);
        expect(EntitableError.is(stopped.cause, 'validation.failed')).to.equal(true);
        expect(inspect(stopped, { depth: 9 })).not.to.match(/77777|nobody/);
        expect(await accounts.exists({ id: 'n', name: 'wrong' })).to.equal(false);
      });
    }

    it('A schema is checked for every patch of mergeMany, on the properties that the patch changes', async () => {
      const accounts = (await open()).tables.repository(Checked);
      await accounts.insertMany(['first', 'wrong'].map((name) => account({ id: 'm', name })));
      const changes = [
        { key: { id: 'm', name: 'first' }, patch: { email: 'a@example.org' } },
        { key: { id: 'm', name: 'wrong' }, patch: { credit: -77_777, email: 'nobody' } },
      ];
      const { written, failed } = await accounts.mergeMany(changes, { onError: 'collect' });
      expect([written, codesOf(failed)]).to.deep.equal([1, [[1, violations]]]);
      expect(await accounts.getOrThrow({ id: 'm', name: 'wrong' })).to.include({ credit: 1, email: undefined });
    });

    it('A schema is checked by the commit of a unit of work before anything is sent, and the unit keeps its writes', async () => {
      const { tables } = await open();
      const accounts = tables.repository(Checked);
      await accounts.insertMany(['changed', 'merged', 'deleted'].map((name) => account({ id: 'u', name })));
      await tables.repository(Checked).insert(account({ id: 'other', name: 'partition' }));

      const wrong = { credit: -77_777, email: 'nobody' };
      const right = { credit: 2, email: 'a@example.org' };
      const key = (name: string) => ({ id: 'u', name });
      const work: Readonly<Record<string, (unit: UnitOfWork, values: typeof wrong) => Promise<unknown>>> = {
        insert: (unit, values) => unit.repository(Checked).insert(account({ ...key('added'), ...values })),
        upsert: (unit, values) => unit.repository(Checked).upsert(account({ ...key('upserted'), ...values })),
        change: async (unit, values) =>
          Object.assign(await unit.repository(Checked).getOrThrow(key('changed')), values),
        merge: (unit, values) => unit.repository(Checked).merge(key('merged'), values),
      };
      for (const [name, write] of Object.entries(work)) {
        const unit = tables.unitOfWork();
        await unit.repository(Checked).upsert(account({ id: 'other', name: 'partition', credit: 7 }));
        await write(unit, wrong);
        const held = unit.plan().flatMap(({ writes }) => writes).length;
        const error = await rejection(unit.commit());
        if (!EntitableError.is(error, 'validation.failed')) throw error;
        expect([name, error.details]).to.deep.equal([name, { className: 'Checked', violations }]);
        expect(inspect(error, { depth: 9 })).not.to.match(/77777|nobody/);
        expect(unit.plan().flatMap(({ writes }) => writes)).to.have.length(held);
        expect(await accounts.getOrThrow({ id: 'other', name: 'partition' })).to.include({ credit: 1 });
        unit.discard();
      }
      expect((await accounts.query({ id: 'u' }).toArray()).map(({ name, credit }) => [name, credit])).to.deep.equal([
        ['changed', 1],
        ['deleted', 1],
        ['merged', 1],
      ]);

      await tables.unitOfWork(async (unit) => {
        for (const write of Object.values(work)) await write(unit, right);
        await unit.repository(Checked).delete(key('deleted'));
      });
      expect((await accounts.query({ id: 'u' }).toArray()).map(({ name, credit }) => [name, credit])).to.deep.equal(
        ['added', 'changed', 'merged', 'upserted'].map((name) => [name, 2]),
      );
    });

    it('A schema is not checked for deletions', async () => {
      const checked = (await open()).tables;
      await checked.repository(Checked).insert(account());
      await checked.unitOfWork(async (unit) => {
        const loaded = await unit.repository(Checked).getOrThrow({ id: '1', name: 'ab' });
        loaded.credit = -1;
        await unit.repository(Checked).delete(loaded);
      });
      expect(await checked.repository(Checked).exists({ id: '1', name: 'ab' })).to.equal(false);
    });

    it('A schema is checked for a patch only on the properties that it changes, and not at all with validate: false', async () => {
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

onEveryStore('A schema beside constraints of class-validator', (open) => {
  it('A schema is checked first, and the constraints of class-validator after it', async () => {
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

const SECRET = 'hunter2';
/** Ways in which a validator itself can fail. */
const FAILING: Readonly<Record<string, () => unknown>> = {
  'it throws': () => {
    throw new Error(SECRET);
  },
  'it rejects': async () => Promise.reject(new Error(SECRET)),
  'it returns nothing': () => undefined,
  'it returns a number': () => 5,
  'its issues are null': () => ({ issues: null }),
  'its issues are empty': () => ({ issues: [] }),
  'its issues are a text': () => ({ issues: SECRET }),
  'an issue is null': () => ({ issues: [null] }),
  'a path is not a list': () => ({ issues: [{ message: SECRET, path: SECRET }] }),
};

onEveryStore('A schema that fails to validate', (open) => {
  for (const [how, validate] of Object.entries(FAILING)) {
    it(`A schema that fails to validate lets nothing pass, and no error quotes its result: ${how}`, async () => {
      class Unjudged extends Account {}
      const schema = { '~standard': { version: 1, vendor: 'test', validate } } as StandardSchema;
      defineEntity(Unjudged, {
        table: 'Accounts',
        schema,
        properties: { id: 'PartitionKey', name: 'RowKey', credit: 'Int32' },
      });
      const { tables } = await open();
      const accounts = tables.repository(Unjudged);
      const entity = accounts.create({ id: '1', name: 'ab', credit: 1 });
      const key = { id: '1', name: 'ab' };
      for (const write of [() => accounts.insert(entity), () => accounts.merge(key, { credit: 2 })]) {
        const error = await rejection(write());
        expect(EntitableError.is(error)).to.equal(true);
        expect(error).to.include({ code: 'validation.failed' });
        expect((error as EntitableError<'validation.failed'>).details.violations).to.deep.equal([]);
        expect(inspect(error, { depth: 9, showHidden: true })).not.to.include(SECRET);
      }
      expect(await accounts.exists(key)).to.equal(false);
    });
  }
});

const refusing = (): boolean => {
  throw new Error(SECRET);
};

@Entity({ table: 'Thrown' })
class Thrown {
  @PartitionKey() id!: PartitionKey;
  @RowKey() name!: RowKey;
  @ValidateBy({ name: 'own', validator: { validate: refusing } }) @Property() credit!: number;
}

onEveryStore('A constraint that throws', (open) => {
  it('A constraint that throws lets nothing pass, and no error quotes what it threw', async () => {
    const { tables } = await open();
    const error = await rejection(tables.repository(Thrown).insert({ id: '1', name: 'n', credit: 1 }));
    expect(error).to.include({
      code: 'validation.failed',
      message:
        'Thrown could not be validated, and is not written: its validator failed, for it threw. Mend the validator; what it threw or gave is in details.error.',
    });
    expect((error as EntitableError<'validation.failed'>).details.error)
      .to.be.instanceOf(Error)
      .and.include({ message: SECRET });
    expect(inspect(error, { depth: 9, showHidden: true })).not.to.include(SECRET);
  });
});
