import { expect } from 'chai';
import { Repository, type DataSource } from 'entitable';
import { createStore } from 'entitable/express-session';
import { KeyValueStore } from 'entitable/key-value';
import { KeyvTables } from 'entitable/keyv';
import session from 'express-session';
import { Order } from '../support/models.js';

describe('An object with a member of the right name that is not a method', () => {
  const never = { Store: 'x', repository: 'x', of: 'x' } as never;
  const source = { repository: () => undefined } as unknown as DataSource;

  for (const [what, call] of Object.entries({
    'the module of createStore': () => createStore(never, source),
    'the data source of createStore': () => createStore(session, never),
    'the data source of KeyValueStore': () => new KeyValueStore(never),
    'the data source of KeyvTables': () => new KeyvTables(never),
    'the session of a repository': () => new (class extends Repository.of(Order) {})(never),
  })) {
    it(`An object whose member is not a method is refused as ${what}`, () => {
      expect(call).to.throw().with.property('code', 'validation.invalid-option');
    });
  }
});
