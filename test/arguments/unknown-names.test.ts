import { expect } from 'chai';
import { DataSource, defineEntity, EntitableError, PartitionKey, Property, RowKey } from '../../src/index.js';
import { KEY, newPlace, Note } from './subject.js';

const NOTHING = (): void => undefined;

async function thrownBy(work: () => unknown): Promise<object> {
  try {
    await work();
  } catch (error) {
    if (EntitableError.is(error)) return { code: error.code, message: error.message, details: error.details };
    throw error;
  }
  throw new Error('Nothing was thrown');
}

/** Returns options of an unknown type, as from a variable: the compiler checks the names of literals only. */
function spelled(options: object): never {
  return options as never;
}

describe('An unknown option name', () => {
  it('An unknown option name is refused, and the error lists the nearest known name and all others', async () => {
    const { tables, notes } = await newPlace();
    expect(await thrownBy(() => notes.delete(KEY, spelled({ eTag: '*' })))).to.deep.equal({
      code: 'validation.invalid-option',
      message: 'There is no option "eTag" here. Did you mean etag? The known names are signal, timeout, etag, missing.',
      details: { option: 'eTag', expected: 'one of signal, timeout, etag, missing', found: 'an unknown name' },
    });
    expect(await notes.exists(KEY)).to.equal(true);
    await tables.close();
  });

  it('An unknown option name is refused even if its value is undefined, and without advice if no known name is similar', async () => {
    const { tables, notes } = await newPlace();
    expect(await thrownBy(() => notes.get(KEY, spelled({ xyzzy: undefined })))).to.deep.include({
      message: 'There is no option "xyzzy" here. The known names are signal, timeout, refresh.',
    });
    await tables.close();
  });

  for (const [verb, wrong, right] of [
    ['run', { atomc: true }, 'atomic'],
    ['run', { maxRetry: 3 }, 'maxRetries'],
    ['unitOfWork', { retries: 3 }, 'maxRetries'],
  ] as const) {
    it(`An unknown option name is refused by ${verb} before the work begins: ${Object.keys(wrong).join()} leads to ${right}`, async () => {
      const { tables } = await newPlace();
      let begun = false;
      const thrown = await thrownBy(() => tables[verb](() => void (begun = true), spelled(wrong)));
      expect([begun, (thrown as Error).message.includes(`Did you mean ${right}?`)]).to.deep.equal([false, true]);
      await tables.close();
    });
  }

  it('An unknown option name is refused in nested options: retry, its waits, limits', async () => {
    const messages = await Promise.all(
      [{ retry: { maxRetry: 1 } }, { retry: { fast: { sloth: 1 } } }, { limits: { entitybytes: 1 } }].map((options) =>
        thrownBy(() => DataSource.open('memory:', spelled(options))),
      ),
    );
    expect(messages.map((thrown) => (thrown as Error).message.split(' The known')[0])).to.deep.equal([
      'There is no "maxRetry" in retry. Did you mean maxRetries?',
      'There is no "sloth" in fast. Did you mean slot?',
      'There is no "entitybytes" in limits. Did you mean entityBytes?',
    ]);
  });

  it('An unknown option name is refused in the third argument of DataSource.open', async () => {
    const thrown = await thrownBy(() => DataSource.open('memory:', {}, spelled({ timeOut: 5 })));
    expect(thrown).to.deep.include({ code: 'validation.invalid-option' });
    expect((thrown as Error).message).to.include('Did you mean timeout?');
  });

  it('An unknown member name is refused in a target of a data source', async () => {
    const thrown = await thrownBy(() =>
      DataSource.open(spelled({ endpoint: 'https://a.table.core.windows.net', credental: { signature: 'sig=x' } })),
    );
    expect(thrown).to.deep.include({ code: 'store.unknown-target' });
    expect((thrown as { readonly details: { readonly problem: string } }).details.problem).to.equal(
      'The object has a member "credental", which no target has. Did you mean credential? ' +
        'The known names are endpoint, credential, identity, serviceClient, tableClient, service.',
    );
  });

  it('An unknown option name is refused by decorators, and the error names the decorated property', async () => {
    const decorate = Property(spelled({ requried: true })) as (target: object, property: string) => void;
    expect(await thrownBy(() => decorate(class {}.prototype, 'total'))).to.deep.equal({
      code: 'metadata.invalid-decorator',
      message:
        'The decorator of total cannot be used so: it has no option "requried". Did you mean required? ' +
        'The known names are name, type, converter, default, required.',
      details: { property: 'total' },
    });
  });

  it('An unknown name is refused by defineEntity in its schema and in those of properties', async () => {
    class Bare {
      list!: PartitionKey;
      id!: RowKey;
    }
    const properties = { list: 'PartitionKey', id: 'RowKey' };
    const schemas = [
      { table: 'Bare', propertys: properties },
      { table: 'Bare', properties: { ...properties, n: { type: 'Int32', requried: true } } },
    ];
    const thrown = await Promise.all(schemas.map((schema) => thrownBy(() => defineEntity(Bare, spelled(schema)))));
    expect(thrown.map((error) => (error as Error).message.split(' The known')[0])).to.deep.equal([
      'There is no "propertys" in the schema of defineEntity. Did you mean properties?',
      'There is no "requried" in the schema of n. Did you mean required?',
    ]);
  });

  it('Unknown names are allowed in inherited members of options, and in objects of other packages', async () => {
    const { tables, notes } = await newPlace();
    const inherited = Object.create({ fromElsewhere: 1 }) as object;
    expect(await notes.get(KEY, spelled(inherited))).to.be.instanceOf(Note);
    expect(await tables.run(NOTHING, { signal: new AbortController().signal })).to.equal(undefined);
    await tables.close();
  });
});
