import {
  AzureTableStorageModule,
  EntityBoolean,
  EntityDateTime,
  EntityDouble,
  EntityGuid,
  EntityInt32,
  EntityInt64,
  EntityPartitionKey,
  EntityRowKey,
  EntityString,
  InjectRepository,
  type AzureTableStorageRepository,
} from '@nestjs/azure-database';
import { Injectable, Module } from '@nestjs/common';

/**
 * An entity of an application that uses `@nestjs/azure-database`, with every decorator of that package that affects a
 * row.
 */
@EntityPartitionKey((event: Event) => `${event.team}|${event.year}`)
@EntityRowKey('slug')
export class Event {
  partitionKey!: string;
  rowKey!: string;
  team!: string;
  year!: string;
  @EntityString() title!: string;
  @EntityString('stored') note!: string;
  @EntityBoolean() open!: boolean;
  @EntityInt32() seats!: number;
  @EntityInt64() views!: number;
  @EntityDouble() price!: number;
  @EntityGuid() series!: string;
  @EntityDateTime() at!: Date;
}

@Injectable()
export class EventService {
  constructor(@InjectRepository(Event) readonly events: AzureTableStorageRepository<Event>) {}
}

@Module({
  imports: [AzureTableStorageModule.forFeature(Event, { table: 'Events', createTableIfNotExists: true })],
  providers: [EventService],
})
export class EventModule {}
