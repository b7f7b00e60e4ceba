import { IndexDict } from '@llamaindex/core/data-structs';
import { Document, NodeRelationship, TextNode } from '@llamaindex/core/schema';
import { KVDocumentStore } from '@llamaindex/core/storage/doc-store';
import { KVIndexStore } from '@llamaindex/core/storage/index-store';
import type { BaseKVStore } from '@llamaindex/core/storage/kv-store';
import { expect } from 'chai';
import { KeyValueStore } from 'entitable/key-value';

const ID = '8b0c1a3e-5f0e-4c3d-9b59-0d6f7c1f2a4e';

for (const format of ['json', 'azure-kv-store'] as const) {
  for (const [name, target] of Object.entries({ memory: 'memory:', azurite: process.env['AZURITE']! })) {
    describe(`LlamaIndex.TS on a key-value store, ${format} on ${name}`, () => {
      let store: KeyValueStore;
      beforeEach(async () => {
        store = await KeyValueStore.open(target, { format, partitionKey: `${Date.now()}` });
      });
      afterEach(() => store.close());

      it('KVDocumentStore of LlamaIndex.TS stores documents', async () => {
        const kvStore: BaseKVStore = store;
        const documents = new KVDocumentStore(kvStore, 'docs');
        const document = new Document({ id_: 'doc 1', text: 'x'.repeat(50_000), metadata: { source: 'a', pages: 2 } });
        const node = new TextNode({
          id_: 'node 1',
          text: '123',
          relationships: { [NodeRelationship.SOURCE]: { nodeId: 'doc 1', metadata: {} } },
        });
        await documents.addDocuments([document, node], true);
        await documents.setDocumentHash('doc 1', 'hash');
        const found = await documents.getDocument('doc 1');
        expect(found).to.be.instanceOf(Document);
        expect(found?.toJSON()).to.deep.equal(document.toJSON());
        expect(Object.keys(await documents.docs()).sort()).to.deep.equal(['doc 1', 'node 1']);
        expect(await documents.getDocumentHash('doc 1')).to.equal('hash');
        expect(await documents.getDocumentHash('doc 2')).to.equal(undefined);
        expect((await documents.getRefDocInfo('doc 1'))?.nodeIds).to.deep.equal(['node 1']);
        expect(await documents.documentExists('doc 2')).to.equal(false);
        await documents.deleteDocument('node 1');
        expect(await documents.documentExists('node 1')).to.equal(false);
      });

      it('KVIndexStore of LlamaIndex.TS stores indexes', async () => {
        // Its default namespace is that of the document store, so another one must be named.
        const indexes = new KVIndexStore(store, 'index_store');
        const index = new IndexDict(ID, 'a summary');
        index.addNode(new TextNode({ id_: 'node 1', text: 'a' }));
        await indexes.addIndexStruct(index);
        expect((await indexes.getIndexStruct(ID))?.toJson()).to.deep.equal(index.toJson());
        expect(await indexes.getIndexStructs()).to.have.length(1);
        await indexes.deleteIndexStruct(ID);
        expect(await indexes.getIndexStructs()).to.deep.equal([]);
      });
    });
  }
}
