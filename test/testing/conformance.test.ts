import { expect } from 'chai';
import { conformance } from 'entitable/testing';
import { memoryStore } from '../../src/stores/memory/memory-store.js';

describe('The conformance suite of entitable/testing', () => {
  conformance('A third-party store', () => Promise.resolve(memoryStore()), {
    'keys may be empty': 'shown as an example of a deviation, which is skipped and named',
  });

  it('conformance is a function that declares tests with the globals of the test runner', () => {
    expect(conformance).to.be.a('function');
  });
});
