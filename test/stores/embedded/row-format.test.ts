import { expect } from 'chai';
import { EmbeddedStore } from '../../../src/stores/embedded/embedded-store.js';
import { contentOf } from '../../../src/stores/embedded/ordered-rows.js';
import { MemoryRows } from '../../../src/stores/memory/memory-rows.js';
import { TableFixture, type Properties } from '../../../src/testing/conformance/table-fixture.js';

const FIRST_TABLE = 1;
/**
 * 2026-01-01 in the format of rows: 13,411,699,200,000 ms since 1601, shifted by the 14 bits of the 100 ns, upper 32
 * bits first.
 */
const TIMESTAMP = 'e4a90c0300000044';

/** Returns the bytes of a row written on 2026-01-01, and of the system row with its layout. */
async function stored(
  properties: Properties,
  numberedLayouts?: number,
): Promise<{ readonly row: string; readonly layout?: string }> {
  const rows = new MemoryRows();
  const clock = (): number => Date.UTC(2026, 0, 1);
  const numbered = numberedLayouts === undefined ? {} : { numberedLayouts };
  const t = await TableFixture.create(
    new EmbeddedStore(rows, { kind: 'memory', identity: 'test', clock, ...numbered }),
  );
  await t.write('insert', 'p', 'r', properties);
  const layout = rows.get(0, 'layouts', '0000000000')?.bytes.toString();
  return {
    row: contentOf(rows.get(FIRST_TABLE, 'p', 'r')!).toString('hex'),
    ...(layout === undefined ? {} : { layout }),
  };
}

/** Rows are a stored format: changing these bytes requires a new version of it. */
describe('The bytes of a row', () => {
  it('The bytes of a row are its header, its fixed part and its variable part', async () => {
    expect(
      await stored({
        s: 'String ab',
        i: 'Int32 -2',
        d: 'Double 1.5',
        b: 'Boolean true',
        l: 'Int64 -2',
        t: 'DateTime 1601-01-01T00:00:00.0010002Z',
        g: 'Guid 00112233-4455-6677-8899-aabbccddeeff',
        x: 'Binary 0aff',
        extra: 'String cd',
      }),
    ).to.deep.equal({
      row: [
        '00', // one byte per character
        '0000', // layout 0
        TIMESTAMP,
        '02000000', // s ends at 2
        'feffffff',
        '000000000000f83f',
        '01',
        'feffffffffffffff',
        '0000000002400000', // 1 ms and 2 of 100 ns since 1601
        '00112233445566778899aabbccddeeff',
        '04000000', // x ends at 4
        '06000000', // extra ends at 6
        '6162', // ab
        '0aff',
        '6364', // cd
      ].join(''),
      layout:
        '[["s","String"],["i","Int32"],["d","Double"],["b","Boolean"],["l","Int64"],["t","DateTime"],["g","Guid"],["x","Binary"],["extra","String"]]',
    });
  });

  it('The bytes of a row have its Strings in Latin-1, in UTF-8 if a character needs it, or in UTF-16 for an unpaired surrogate', async () => {
    expect((await stored({ s: 'String é' })).row).to.equal(`000000${TIMESTAMP}01000000e9`);
    expect((await stored({ s: 'String 語' })).row).to.equal(`010000${TIMESTAMP}03000000e8aa9e`);
    const long = `é${'x'.repeat(0x100 - 1)}`;
    expect((await stored({ s: `String ${long}` })).row).to.equal(
      `000000${TIMESTAMP}00010000e9${'78'.repeat(0x100 - 1)}`,
    );
    expect((await stored({ s: 'String \ud83d' })).row).to.equal(`020000${TIMESTAMP}020000003dd8`);
  });

  it('The bytes of a row have all its Strings in the same encoding, whichever of them requires it', async () => {
    const [layout, ascii, latin, wide] = ['0000', '61', 'c3a9', 'e8aa9e'];
    expect((await stored({ a: 'String a', b: 'String 語' })).row).to.equal(
      `01${layout}${TIMESTAMP}0100000004000000${ascii}${wide}`,
    );
    expect((await stored({ a: 'String é', b: 'String 語', c: 'String a' })).row).to.equal(
      `01${layout}${TIMESTAMP}020000000500000006000000${latin}${wide}${ascii}`,
    );
    expect((await stored({ a: 'String é', b: 'String 語', c: 'String \ud83d' })).row).to.equal(
      `02${layout}${TIMESTAMP}020000000400000006000000e9009e8a3dd8`,
    );
  });

  it('The bytes of a row are read correctly whatever encoding the rows before had', async () => {
    const texts = [
      'a',
      'é',
      '語',
      'é語',
      '語é',
      '\ud83d',
      'a'.repeat(300),
      'é'.repeat(300),
      `${'é'.repeat(300)}語`,
      'ł'.repeat(49),
    ];
    const t = await TableFixture.create(new EmbeddedStore(new MemoryRows(), { kind: 'memory', identity: 'test' }));
    for (const one of texts)
      for (const other of texts) {
        const properties = { a: `String ${one}`, b: `String ${other}`, c: 'String plain' } as const;
        await t.write('upsert-replace', 'p', 'r', properties);
        expect(await t.get('p', 'r')).to.deep.equal(properties);
      }
  });

  it('The bytes of a row contain its layout if no layout numbers are left', async () => {
    const text = Buffer.from('[["i","Int32"]]').toString('hex');
    expect(await stored({ i: 'Int32 1' }, 0)).to.deep.equal({ row: `040000${TIMESTAMP}0f000000${text}01000000` });
  });
});
