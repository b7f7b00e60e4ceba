import { expect } from 'chai';
import { Entity, ETag, PartitionKey, Property, RowKey, Timestamp } from '../../decorators/index.js';
import { Guid } from '../../src/edm/guid.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { newestFirst } from '../../src/metadata/converters/date-keys.js';
import { json } from '../../src/metadata/converters/json.js';
import { defineEntity } from '../../src/metadata/define-entity.js';
import type { EntityClass } from '../../src/metadata/key-types.js';
import { metadataOf } from '../../src/metadata/metadata-of.js';

function problemsOf(entityClass: EntityClass): {
  readonly code: string;
  readonly message: string;
  readonly problems: readonly unknown[];
} {
  try {
    metadataOf(entityClass);
  } catch (error) {
    if (!EntitableError.is(error, 'metadata.')) throw error;
    const { problems } = error.details as {
      readonly problems: readonly { readonly code: string; readonly property?: string }[];
    };
    return {
      code: error.code,
      message: error.message,
      problems: problems.map(({ code, property }) => [code, property]),
    };
  }
  throw new Error('the class was accepted');
}

@Entity({ table: 'Orders' })
class Order {
  @PartitionKey() customerId!: PartitionKey;
  @RowKey() orderId!: RowKey;
  @Property() total!: number;
  @Property({ type: 'Int32' }) items!: number;
  @Property() sequence!: bigint;
  @Property() placedAt!: Date;
  @Property() correlation!: Guid;
  @Property() signature?: Uint8Array;
  @Property() buffer?: Buffer;
  @Property() paid!: boolean;
  @Property({ type: 'String' }) status!: 'open' | 'shipped';
  @Property({ name: 'contact_email', default: 'nobody' }) email?: string;
  @Property({ converter: json<{ readonly street: string }>() }) address?: { readonly street: string };
  @ETag() etag?: string;
  @Timestamp() updatedAt?: Date;
}

describe('metadataOf', () => {
  it('metadataOf resolves the decorators of a class and the types that the compiler emits, once and frozen', () => {
    const metadata = metadataOf(Order);
    expect(metadata.properties.map(({ name, storedName, type, slot }) => [name, storedName, type, slot])).to.deep.equal(
      [
        ['total', 'total', 'Double', 0],
        ['items', 'items', 'Int32', 1],
        ['sequence', 'sequence', 'Int64', 2],
        ['placedAt', 'placedAt', 'DateTime', 3],
        ['correlation', 'correlation', 'Guid', 4],
        ['signature', 'signature', 'Binary', 5],
        ['buffer', 'buffer', 'Binary', 6],
        ['paid', 'paid', 'Boolean', 7],
        ['status', 'status', 'String', 8],
        ['email', 'contact_email', 'String', 9],
        ['address', 'address', 'String', 10],
      ],
    );
    expect(metadata).to.include({ className: 'Order', table: 'Orders', etag: 'etag', timestamp: 'updatedAt' });
    expect([metadata.partitionKey.text, metadata.rowKey.text]).to.deep.equal(['{customerId}', '{orderId}']);
    expect(metadataOf(Order)).to.equal(metadata);
    expect(
      [metadata, metadata.properties, metadata.properties[0], metadata.rowKey].map((part) => Object.isFrozen(part)),
    ).to.deep.equal([true, true, true, true]);
  });

  it('metadataOf includes base classes, base first, and lets a class redeclare a property', () => {
    abstract class Audited {
      @PartitionKey() tenant!: PartitionKey;
      @Property() createdBy?: string;
      @Property({ name: 'v' }) version?: number;
    }
    @Entity({ table: 'Documents' })
    class Document extends Audited {
      @RowKey() id!: RowKey;
      @Property({ type: 'Int32' }) override version?: number = 1;
    }
    @Entity({ table: 'Notes' })
    class Note extends Audited {
      @RowKey() id!: RowKey;
    }
    const shape = (entityClass: EntityClass): unknown =>
      metadataOf(entityClass).properties.map(({ storedName, type }) => [storedName, type]);
    expect(shape(Document)).to.deep.equal([
      ['createdBy', 'String'],
      ['version', 'Int32'],
    ]);
    expect(shape(Note)).to.deep.equal([
      ['createdBy', 'String'],
      ['v', 'Double'],
    ]);
  });

  it('metadataOf also stores a key part with a name as a property', () => {
    @Entity({ table: 'Events', rowKey: '{at}|{id}' })
    class Event {
      @PartitionKey() stream!: PartitionKey;
      @RowKey({ converter: newestFirst, name: 'at', type: 'DateTime' }) at!: RowKey<Date>;
      @RowKey({ name: 'id' }) id!: RowKey;
    }
    expect(
      metadataOf(Event).properties.map(({ storedName, type, copiesKey }) => [storedName, type, copiesKey]),
    ).to.deep.equal([
      ['at', 'DateTime', true],
      ['id', 'String', true],
    ]);
  });

  it('metadataOf accepts a class without decorators that defineEntity describes', () => {
    class Reading {
      device!: PartitionKey;
      at!: RowKey<Date>;
      value!: number;
      unit?: string;
      extra?: { readonly raw: string };
      etag?: string;
    }
    defineEntity(Reading, {
      table: 'Readings',
      properties: {
        device: 'PartitionKey',
        at: { key: 'RowKey', converter: newestFirst },
        value: 'Double',
        unit: { type: 'String', name: 'u', default: 'K' },
        extra: { converter: json<{ readonly raw: string }>() },
        etag: 'ETag',
      },
    });
    expect(metadataOf(Reading).properties.map(({ name, storedName, type }) => [name, storedName, type])).to.deep.equal([
      ['value', 'value', 'Double'],
      ['unit', 'u', 'String'],
      ['extra', 'extra', 'String'],
    ]);
    expect(metadataOf(Reading)).to.include({ etag: 'etag', table: 'Readings' });
    expect(() => defineEntity(Reading, { table: 'Again', properties: {} }))
      .to.throw(EntitableError, 'Reading is an entity class already')
      .with.property('code', 'metadata.already-defined');
  });

  it('metadataOf creates entities by create, otherwise by new without arguments, and without the constructor if that throws', () => {
    class Keyed {
      @PartitionKey() p!: PartitionKey;
      @RowKey() r!: RowKey;
      made?: string;
    }
    @Entity({ table: 'Things' })
    class Plain extends Keyed {
      override made = 'by new';
    }
    @Entity({ table: 'Things', create: (values) => Object.assign(new Created('by create'), { values }) })
    class Created extends Keyed {
      constructor(made: string) {
        super();
        this.made = made;
      }
    }
    @Entity({ table: 'Things' })
    class Optional extends Keyed {
      readonly #secret = 'a private member';
      constructor(made?: string) {
        super();
        this.made = made ?? this.#secret;
      }
    }
    let calls = 0;
    @Entity({ table: 'Things' })
    class Demanding extends Keyed {
      constructor(values: { readonly made: string }) {
        calls++;
        super();
        this.made = values.made;
      }
    }
    const made = (entityClass: EntityClass<Keyed>): Keyed => metadataOf(entityClass).create({ p: 'x' });
    expect([Plain, Created, Optional, Demanding].map((entityClass) => made(entityClass).made)).to.deep.equal([
      'by new',
      'by create',
      'a private member',
      undefined,
    ]);
    expect(made(Created)).to.deep.include({ values: { p: 'x' } });
    expect(made(Demanding)).to.be.instanceOf(Demanding);
    // The class remembers that its constructor throws, and does not call it again.
    expect(calls).to.equal(1);
    expect([Plain, Created, Demanding].map((entityClass) => metadataOf(entityClass).takesValues)).to.deep.equal([
      false,
      true,
      false,
    ]);
  });

  it('metadataOf allows a stored property to be a getter only if create makes the entities', () => {
    const of = (create?: () => object): EntityClass => {
      class Getter {
        @PartitionKey() p!: PartitionKey;
        @RowKey() r!: RowKey;
        @Property({ type: 'Double' }) get total(): number {
          return 1;
        }
      }
      Entity({ table: 'Things', ...(create && { create }) })(Getter);
      return Getter;
    };
    expect(metadataOf(of(() => ({}))).properties.map(({ name }) => name)).to.deep.equal(['total']);
    expect(() => metadataOf(of())).to.throw(EntitableError, 'it has a getter and no setter');
  });

  it('metadataOf distinguishes two classes with the same name', () => {
    const make = (table: string): EntityClass => {
      class Same {
        @PartitionKey() p!: string;
        @RowKey() r!: string;
      }
      Entity({ table })(Same);
      return Same;
    };
    expect([make('First'), make('Second')].map((entityClass) => metadataOf(entityClass).table)).to.deep.equal([
      'First',
      'Second',
    ]);
  });

  it('metadataOf accepts any identifier as a stored name, including those of Object.prototype', () => {
    @Entity({ table: 'Things' })
    class Odd {
      @PartitionKey() p!: string;
      @RowKey() r!: string;
      @Property({ name: '__proto__' }) a?: string;
      @Property({ name: 'constructor' }) b?: string;
      @Property({ name: 'größe_漢字' }) c?: string;
      @Property({ name: 'etag' }) d?: string;
    }
    expect(metadataOf(Odd).properties.map(({ storedName }) => storedName)).to.deep.equal([
      '__proto__',
      'constructor',
      'größe_漢字',
      'etag',
    ]);
  });
});

describe('metadataOf with a mistake in the class', () => {
  it('metadataOf rejects a class that is not an entity class, and names the remedy', () => {
    class Stranger {}
    expect(() => metadataOf(Stranger))
      .to.throw(
        EntitableError,
        'Stranger is not an entity class. Decorate it with @Entity({ table }), or describe it with defineEntity',
      )
      .with.property('code', 'metadata.not-an-entity');
    @Entity({ table: 'Bases' })
    class Base {
      @PartitionKey() p!: string;
      @RowKey() r!: string;
    }
    class Derived extends Base {}
    expect(() => metadataOf(Derived)).to.throw(EntitableError, 'Derived is not an entity class');
  });

  it('metadataOf rejects a class that is undefined because of a circular import', () => {
    expect(() => metadataOf(undefined as never)).to.throw(
      EntitableError,
      'A class that is imported in a circle is undefined',
    );
  });

  it('metadataOf rejects unknown types with one error that lists all such properties and the remedy', () => {
    @Entity({ table: 'Things' })
    class Vague {
      @PartitionKey() p!: string;
      @RowKey() r!: string;
      @Property() note!: string | null;
      @Property() fine!: string;
      @Property() either!: string | number;
    }
    const { code, message, problems } = problemsOf(Vague);
    expect([code, problems]).to.deep.equal([
      'metadata.unknown-type',
      [
        ['metadata.unknown-type', 'note'],
        ['metadata.unknown-type', 'either'],
      ],
    ]);
    expect(message).to.match(
      /^Vague cannot be stored as it is declared:\n- note: its type cannot be told: state it, @Property\({ type: 'String' }\)/,
    );
  });

  it('metadataOf reports all mistakes of a class in one error', () => {
    class Wrong {
      @Property({ name: 'RowKey' }) a!: string;
      @Property({ name: 'x-y' }) b!: string;
      @Property({ name: 'same' }) c!: string;
      @Property({ name: 'same' }) d!: string;
      @Property({ name: 'n'.repeat(256) }) e!: string;
      @Property({ default: [1] as never, converter: json<number[]>() }) f!: number[];
      @Property({ type: 'Int32' }) @PartitionKey() g!: never;
      @ETag() h?: string;
      @ETag() i?: string;
      @Property({ type: 'Decimal' as 'String' }) j!: string;
      @Property({ type: 'String', converter: json<string>() }) k!: string;
    }
    Entity({ table: 'no table' })(Wrong as never);
    const { code, problems } = problemsOf(Wrong);
    expect(code).to.equal('metadata.invalid-property');
    expect(problems).to.have.deep.members([
      ['metadata.invalid-table', undefined],
      ['metadata.missing-key', undefined],
      ['metadata.missing-key', undefined],
      ['metadata.reserved-name', 'a'],
      ['metadata.invalid-name', 'b'],
      ['metadata.duplicate-name', 'd'],
      ['metadata.invalid-name', 'e'],
      ['metadata.invalid-property', 'f'],
      ['metadata.invalid-property', 'g'],
      ['metadata.invalid-property', 'i'],
      ['metadata.invalid-property', 'j'],
      ['metadata.invalid-property', 'k'],
    ]);
  });

  for (const table of ['', 'ab', '1abc', 'a-bc', 'Tables', 'tables', 'a'.repeat(64), 'tablé', undefined]) {
    it(`metadataOf rejects the table name ${JSON.stringify(table)} (source: documentation, recorded)`, () => {
      class Thing {
        @PartitionKey() p!: string;
        @RowKey() r!: string;
      }
      Entity({ table: table as string })(Thing);
      expect(problemsOf(Thing)).to.deep.include({ code: 'metadata.invalid-table' });
    });
  }

  it('metadataOf rejects several key parts without a template, and shows a template', () => {
    class Thing {
      @PartitionKey() p!: string;
      @RowKey() a!: string;
      @RowKey() b!: string;
    }
    (Entity as (options: { table: string }) => (target: object) => void)({ table: 'Things' })(Thing);
    const { code, message } = problemsOf(Thing);
    expect(code).to.equal('metadata.invalid-template');
    expect(message).to.include("several @RowKey properties need a template: @Entity({ rowKey: '{a}|{b}' })");
  });

  it('metadataOf rejects a key converter that does not produce a String', () => {
    class Thing {
      @PartitionKey() p!: string;
      r!: number;
    }
    RowKey({ converter: { type: 'Int32', toStored: Number, fromStored: Number } })(Thing.prototype as never, 'r');
    Entity({ table: 'Things' })(Thing);
    expect(problemsOf(Thing)).to.deep.include({
      code: 'metadata.invalid-property',
      problems: [['metadata.invalid-property', 'r']],
    });
  });
});
