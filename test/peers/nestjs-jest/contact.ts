import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Entity, Guid, PartitionKey, Property, Repository, RowKey } from 'entitable';
import { EntitableModule, InjectRepository } from 'entitable/nestjs';

@Entity({ table: 'Contacts' })
class Contact {
  @PartitionKey() team!: PartitionKey;
  @RowKey() name!: RowKey;
  @Property() id!: Guid;
}

@Injectable()
class ContactService {
  constructor(@InjectRepository(Contact) private readonly contacts: Repository<Contact>) {}

  async add(name: string): Promise<Contact> {
    await this.contacts.insert(Object.assign(new Contact(), { team: 'core', name, id: Guid.random() }));
    return this.contacts.getOrThrow({ team: 'core', name });
  }
}

@Module({
  imports: [EntitableModule.forRoot({ target: 'memory:' }), EntitableModule.forFeature([Contact])],
  providers: [ContactService],
})
class ContactModule {}

it('A Nest module stores and reads an entity under Jest', async () => {
  const module = await Test.createTestingModule({ imports: [ContactModule] }).compile();
  const contact = await module.get(ContactService).add('ada');
  expect(contact).toBeInstanceOf(Contact);
  expect(Guid.is(contact.id)).toBe(true);
  await module.close();
});
