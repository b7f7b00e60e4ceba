import { expect } from 'chai';
import { COSMOS_LIMITS } from '../../../src/store/limits.js';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';
import { conformance } from '../../../src/testing/conformance/conformance.js';

conformance('memory', async () => memoryStore());
conformance('memory with the limits of Cosmos', async () => memoryStore({ limits: COSMOS_LIMITS }));

describe('memoryStore', () => {
  it('memoryStore creates a new, separate store each time', async () => {
    const [one, other] = [memoryStore(), memoryStore()];
    expect(one.traits.identity).to.not.equal(other.traits.identity);
    await one.createTable('Orders');
    expect((await other.tables()).rows).to.deep.equal([]);
  });
});
