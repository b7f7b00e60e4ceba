import { expect } from 'chai';
import type { RetainedRow } from '../../../src/store/row.js';
import { retainedText, WrittenRow } from '../../../src/stores/azure/json/written-row.js';

const ETAG = `W/"datetime'2026-01-02T03%3A04%3A05.1234567Z'"`;
const KEYS = '"PartitionKey":"p","RowKey":"r"';

describe('The content of a row after a write', () => {
  it('A written row has the earlier properties without the removed ones, and the sent ones with their types in either order', () => {
    const before =
      (`{"odata.etag":"old","Timestamp":"2020-01-01T00:00:00Z",${KEYS},"kept@odata.type":"Edm.Int64","kept":"1",` +
        '"gone@odata.type":"Edm.Int64","gone":"2","retyped@odata.type":"Edm.Int64","retyped":"3","__proto__":"p"}') as unknown as RetainedRow;
    const body = `{${KEYS},"retyped":"text","a":"5","a@odata.type":"Edm.Int64","b@odata.type":"Edm.Int64","b":"6"}`;
    const row = new WrittenRow(body, ETAG, before, ['gone']).text;
    expect(JSON.parse(row)).to.deep.equal(
      JSON.parse(
        `{${KEYS},"kept@odata.type":"Edm.Int64","kept":"1","__proto__":"p","retyped":"text","a":"5","a@odata.type":"Edm.Int64",` +
          `"b@odata.type":"Edm.Int64","b":"6","odata.etag":${JSON.stringify(ETAG)},"Timestamp":"2026-01-02T03:04:05.1234567Z"}`,
      ),
    );
  });

  it('A written row has a timestamp only if its ETag contains one', () => {
    const { text } = new WrittenRow(`{${KEYS}}`, 'W/"7"', undefined, []);
    expect(JSON.parse(text)).to.deep.equal({ 'odata.etag': 'W/"7"', PartitionKey: 'p', RowKey: 'r' });
  });

  it('A written row does not keep all earlier rows alive', () => {
    let row: unknown = new WrittenRow(`{${KEYS},"n":0}`, ETAG, undefined, []);
    for (let count = 1; count <= 20_000; count++)
      row = new WrittenRow(`{${KEYS},"n":${count}}`, ETAG, row as RetainedRow, []);
    expect((JSON.parse(retainedText(row as RetainedRow)) as { n: number }).n).to.equal(20_000);
  });
});
