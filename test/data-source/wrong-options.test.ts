import { expect } from 'chai';
import { DataSource } from '../../src/data-source/data-source.js';
import { DATA_SOURCE_NAMES } from '../../src/data-source/options.js';
import { rejection } from '../support/every-store.js';

describe('DataSource.open', () => {
  for (const option of Object.keys(DATA_SOURCE_NAMES)) {
    it(`DataSource.open rejects a value of a wrong type for its option ${option}, before anything is opened`, async () => {
      const error = await rejection(DataSource.open('memory:', { [option]: Symbol('none of them') }));
      expect(error).to.deep.include({ code: 'validation.invalid-option' });
    });
  }
});
