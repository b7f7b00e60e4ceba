import { expect } from 'chai';
import { Type } from 'class-transformer';
import { IsArray, IsOptional, Matches, Max, MinLength, ValidateNested } from 'class-validator';
import { Entity, PartitionKey, Property, RowKey } from '../../decorators/index.js';
import { EntitableError } from '../../src/errors/entitable-error.js';
import { json } from '../../src/metadata/converters/json.js';
import { onEveryStore, rejection } from '../support/every-store.js';

class Place {
  @Max(90) latitude!: number;
}

class Address {
  readonly #checked = true;
  @MinLength(2) city!: string;
  @IsOptional() @ValidateNested() @Type(() => Place) place?: Place;

  /** A getter that fails unless the constructor has made the instance. */
  get isChecked(): boolean {
    return this.#checked;
  }
}

abstract class Contact {
  kind!: 'phone' | 'mail';
}

class Phone extends Contact {
  @Matches(/^[0-9]+$/) number!: string;
}

class Mail extends Contact {
  @Matches(/@/) address!: string;
}

const subTypes = [
  { name: 'phone', value: Phone },
  { name: 'mail', value: Mail },
];

@Entity({ table: 'People' })
class Person {
  readonly #name = 'kept';
  @PartitionKey() a!: PartitionKey;
  @RowKey() b!: RowKey;
  @Property({ converter: json<Address>() }) @IsOptional() @ValidateNested() @Type(() => Address) address?: Address;
  @Property({ converter: json<Address[]>() })
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Address)
  others?: Address[];
  @Property({ converter: json<Contact[]>() })
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Contact, { discriminator: { property: 'kind', subTypes } })
  contacts?: Contact[];
  @Property({ converter: json<Address>() }) @IsOptional() @ValidateNested() told?: Address;
  @Property({ converter: json<unknown[]>() }) @IsOptional() @ValidateNested() unknown?: unknown[];

  @MinLength(1) get name(): string {
    return this.#name;
  }
}

const KEY = { a: '1', b: '1' };
const person = (members: object): Person => Object.assign(new Person(), KEY, members);
const frozen = (members: object): Person => Object.freeze(person(members)) as Person;

async function violations(written: Promise<unknown>): Promise<unknown> {
  const error = await rejection(written);
  if (!EntitableError.is(error, 'validation.failed')) throw error;
  return error.details.violations.map(({ property, constraints }) => `${property}: ${constraints.join()}`);
}

onEveryStore('Nested values that were read from JSON', (open) => {
  it('Nested values from JSON are validated as the class that @Type declares, and stored as they are', async () => {
    const { tables } = await open();
    const people = tables.repository(Person);
    const place = { latitude: 48 };
    await people.insert(person({ address: Object.assign(new Address(), { city: 'Ulm', place }) }));
    const loaded = await people.getOrThrow(KEY);
    expect(Object.getPrototypeOf(loaded.address)).to.equal(Object.prototype);
    loaded.address!.city = 'x';
    expect(await violations(people.save(loaded))).to.deep.equal(['address.city: minLength']);
    Object.assign(loaded.address!, { city: 'Bonn', place: { latitude: 91 } });
    expect(await violations(people.save(loaded))).to.deep.equal(['address.place.latitude: max']);
    loaded.address!.place = { latitude: 50, note: 'not declared' } as Place;
    await people.save(loaded);
    const stored = { city: 'Bonn', place: { latitude: 50, note: 'not declared' } };
    expect(loaded.address).to.deep.equal(stored);
    expect((await people.getOrThrow(KEY)).address).to.deep.equal(stored);
  });

  it('Nested values in arrays are each validated, as the class that their discriminator selects', async () => {
    const { tables } = await open();
    const people = tables.repository(Person);
    const others = [
      { city: 'Ulm' },
      { city: 'x' },
      Object.assign(new Address(), { city: 'y', place: { latitude: 99 } }),
    ];
    const contacts = [
      { kind: 'phone', number: '07' },
      { kind: 'mail', address: '07' },
      { kind: 'phone', number: '@' },
    ];
    expect(await violations(people.insert(person({ others, contacts })))).to.deep.equal([
      'others.1.city: minLength',
      'others.2.city: minLength',
      'others.2.place.latitude: max',
      'contacts.1.address: matches',
      'contacts.2.number: matches',
    ]);
    expect(contacts[1]).to.deep.equal({ kind: 'mail', address: '07' });
    await people.insert(person({ others: others.slice(0, 1), contacts: contacts.slice(0, 1) }));
    expect((await people.getOrThrow(KEY)).contacts).to.deep.equal(contacts.slice(0, 1));
  });

  it('Nested values in patches are validated, too', async () => {
    const { tables } = await open();
    const people = tables.repository(Person);
    await people.insert(person({}));
    const patch = { address: { city: 'x' } as Address };
    expect(await violations(people.merge(KEY, patch))).to.deep.equal(['address.city: minLength']);
  });

  it('Nested values may have members with the names of getters, and may belong to a frozen entity', async () => {
    const { tables } = await open();
    const people = tables.repository(Person);
    const address = { city: 'Ulm', isChecked: true };
    await people.insert(frozen({ address, others: [address] }));
    expect((await people.getOrThrow(KEY)).others).to.deep.equal([address]);
    const wrong = frozen({ address: { ...address, city: 'x' } });
    expect(await violations(people.upsert(wrong))).to.deep.equal(['address.city: minLength']);
  });

  it("Nested values are validated as the class in the compiler's metadata, and refused if their class is unknown", async () => {
    const { tables } = await open();
    const people = tables.repository(Person);
    expect(await violations(people.insert(person({ told: { city: 'x' } })))).to.deep.equal(['told.city: minLength']);
    const error = people.insert(person({ unknown: [{ city: 'x' }] }));
    expect(await violations(error)).to.deep.equal(['unknown.0: unknownValue']);
    expect(String(await rejection(error))).to.include(
      'The class of unknown.0 is not known, or has no constraints: say it by @Type(() => Class) of class-transformer.',
    );
  });
});
