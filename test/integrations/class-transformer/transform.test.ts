import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { expect } from 'chai';
import {
  DataSource,
  EntitableError,
  Entity,
  ETag,
  Guid,
  json,
  newestFirst,
  PartitionKey,
  Property,
  RowKey,
  Timestamp,
} from 'entitable';
import { fromPlain, toPlain } from 'entitable/class-transformer';

class Line {
  name!: string;
  @Exclude() secret?: string;
}

@Entity({ table: 'Plain' })
class Thing {
  @PartitionKey() owner!: PartitionKey;
  @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @Property() id!: Guid;
  @Property() bytes!: Uint8Array;
  @Property() big!: bigint;
  @Property() moment!: Date;
  @Property() @Expose({ name: 'the_name' }) name!: string;
  @Property({ type: 'String' }) @Exclude() password?: string;
  @Property({ type: 'Double' }) @Transform(({ value }) => (value as number) * 2, { toPlainOnly: true }) ratio?: number;
  @Property({ converter: json<Line[]>() }) @Type(() => Line) lines?: Line[];
  @ETag() etag?: string;
  @Timestamp() changed?: Date;

  @Expose() get summary(): string {
    return `${this.name}!`;
  }
}

const JSON_FORM = {
  owner: 'o',
  at: '2026-01-02T03:04:05.006Z',
  id: 'c9da6455-213d-42c9-9a79-3e9149a57833',
  bytes: 'AQID/w==',
  big: '9223372036854775807',
  moment: '2026-11-21T00:00:00.001Z',
  the_name: 'n',
  ratio: 3,
  lines: [{ name: 'l' }],
};

const thing = (): Thing =>
  Object.assign(new Thing(), {
    owner: 'o',
    at: new Date(JSON_FORM.at),
    id: Guid.parse(JSON_FORM.id),
    bytes: new Uint8Array([9, 1, 2, 3, 255]).subarray(1),
    big: 2n ** 63n - 1n,
    moment: new Date(JSON_FORM.moment),
    name: 'n',
    password: 'hidden',
    ratio: 1.5,
    lines: [Object.assign(new Line(), { name: 'l', secret: 's' })],
  });

describe('toPlain and fromPlain', () => {
  it('make JSON of an entity by its decorators, and lose nothing of Guids, bytes, bigints and dates', () => {
    const plain = toPlain(thing());
    expect(JSON.parse(JSON.stringify(plain))).to.deep.equal({ ...JSON_FORM, summary: 'n!' });
  });

  it('make an entity of JSON, which is stored and read as the one it came from', async () => {
    const made = fromPlain(Thing, { ...JSON_FORM, ratio: 1.5 });
    expect(made).to.be.instanceOf(Thing);
    expect(made.lines?.[0]).to.be.instanceOf(Line);
    await using tables = await DataSource.open('memory:');
    const things = tables.repository(Thing);
    await things.insert(made);
    const { etag, changed, ...stored } = await things.getOrThrow({ owner: 'o', at: made.at });
    const { password: _password, etag: _etag, changed: _changed, ...expected } = thing();
    expect({ ...stored }).to.deep.equal({ ...expected, password: undefined, lines: [{ name: 'l' }] });
    expect([typeof etag, changed instanceof Date]).to.deep.equal(['string', true]);
    expect(fromPlain(Thing, toPlain(Object.assign(stored, { changed }))).changed).to.deep.equal(changed);
  });

  it('leave the entity as it is', () => {
    const entity = thing();
    toPlain(entity);
    expect(entity).to.deep.equal(thing());
  });

  it('refuse a text that is none of the type, without showing it', () => {
    for (const [name, text] of Object.entries({ id: 'no guid', bytes: '*', big: '1.5', moment: 'never' })) {
      try {
        fromPlain(Thing, { ...JSON_FORM, [name]: text });
        expect.fail(name);
      } catch (error) {
        if (!EntitableError.is(error, 'validation.wrong-type')) throw error;
        expect(error.details).to.include({ className: 'Thing', property: name, storedName: name });
        expect(error.message).not.to.include(text === '*' ? '"*"' : text);
      }
    }
  });

  it('do not let JSON reach a prototype', () => {
    const made = fromPlain(
      Thing,
      JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}') as Record<
        string,
        unknown
      >,
    );
    expect([(made as { polluted?: unknown }).polluted, ({} as { polluted?: unknown }).polluted]).to.deep.equal([
      undefined,
      undefined,
    ]);
    expect(made).to.be.instanceOf(Thing);
  });
});
