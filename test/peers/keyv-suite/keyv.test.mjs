import keyvTestSuite, { keyvIteratorTests } from '@keyv/test-suite';
import { Keyv } from 'keyv';
import * as vitest from 'vitest';
import { DataSource } from 'entitable';
import { KeyvTables } from 'entitable/keyv';

for (const [name, target] of Object.entries({ memory: 'memory:', azurite: process.env.AZURITE })) {
  const tables = await DataSource.open(target);
  vitest.describe(`The suite of Keyv on ${name}`, () => {
    const store = () => new KeyvTables(tables);
    keyvTestSuite(vitest, Keyv, store);
    keyvIteratorTests(vitest, Keyv, store);
  });
}
