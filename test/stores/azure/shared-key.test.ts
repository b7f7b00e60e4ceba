import { AzureNamedKeyCredential, TableServiceClient } from '@azure/data-tables';
import { createHttpHeaders, createPipelineRequest, type PipelinePolicy } from '@azure/core-rest-pipeline';
import { expect } from 'chai';
import { sharedKey } from '../../../src/stores/azure/http/shared-key.js';

const ENDPOINT = 'https://account.table.core.windows.net';
const KEYS = ['first key', 'second key'].map((text) => Buffer.from(text).toString('base64'));
const URLS = [
  `${ENDPOINT}/Orders`,
  `${ENDPOINT}/Orders`,
  `${ENDPOINT}/Orders?$filter=PartitionKey%20eq%20%27a%27`,
  `${ENDPOINT}/Orders(PartitionKey='a%2Fb',RowKey='c''d')`,
  `${ENDPOINT}/$batch`,
  `${ENDPOINT}/?restype=service&comp=properties`,
  `${ENDPOINT}/Orders?comp=acl`,
  'http://127.0.0.1:10002/devstoreaccount1/Orders',
];

describe("Signing with the account's key", () => {
  it('The signature equals that of the SDK, even if the date is already set and after the key has changed', async () => {
    const credential = new AzureNamedKeyCredential('account', KEYS[0]!);
    const own = sharedKey(credential);
    const sdks = new TableServiceClient(ENDPOINT, credential).pipeline
      .getOrderedPolicies()
      .find(({ name }) => name === own.name)!;
    for (const key of KEYS) {
      credential.update('account', key);
      for (const date of ['Sat, 21 Nov 2026 08:00:00 GMT', 'Sat, 21 Nov 2026 08:00:01 GMT']) {
        for (const url of URLS) expect(await signed(own, url, date)).to.deep.equal(await signed(sdks, url, date));
      }
    }
  });

  it('A request without a date gets one when it is signed', async () => {
    const { 'x-ms-date': date } = await signed(sharedKey({ name: 'account', key: KEYS[0]! }), URLS[0]!);
    expect(date).to.equal(new Date(date!).toUTCString());
    expect(Math.abs(Date.parse(date!) - Date.now())).to.be.below(60_000);
  });
});

async function signed(policy: PipelinePolicy, url: string, date?: string): Promise<Record<string, string>> {
  const headers = createHttpHeaders(date === undefined ? {} : { 'x-ms-date': date });
  const request = createPipelineRequest({ url, headers });
  await policy.sendRequest(request, () => Promise.resolve({ request, headers: createHttpHeaders(), status: 204 }));
  return request.headers.toJSON();
}
