import { expect } from 'chai';
import { onEveryStore, rejection } from '../support/every-store.js';

async function namesOf(list: AsyncIterable<string>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of list) names.push(name);
  return names;
}

onEveryStore('Listing tables', (open) => {
  it('A list of tables can be limited by a prefix, a first name, a last name, or all of them', async () => {
    const { tables, tableName } = await open();
    const { tables: admin } = tables;
    const [jan, feb, mar] = ['Log01', 'Log02', 'Log03'].map(tableName) as [string, string, string];
    for (const name of [jan, feb, mar]) await admin.create(name);
    const own = async (options: Parameters<typeof admin.list>[0]): Promise<readonly string[]> =>
      (await namesOf(admin.list(options))).filter((name) => [jan, feb, mar].includes(name)).toSorted();
    expect({
      all: await own({}),
      prefix: await own({ prefix: 'Log0' }),
      from: await own({ from: feb }),
      to: await own({ to: feb }),
      both: await own({ from: feb, to: feb }),
      case: await own({ from: feb.toUpperCase(), to: feb.toLowerCase() }),
      apart: await own({ prefix: 'Log01', from: feb }),
    }).to.deep.equal({
      all: [jan, feb, mar],
      prefix: [jan, feb, mar],
      from: [feb, mar],
      to: [jan, feb],
      both: [feb],
      case: [feb],
      apart: [],
    });
  });

  it('A list of tables rejects a name that is not a string', async () => {
    const { tables } = await open();
    const error = await rejection(namesOf(tables.tables.list({ from: 5 as never })));
    expect(error).to.include({ code: 'validation.invalid-option', message: 'from takes a string, not number.' });
  });
});
