import { Injectable, Module } from '@nestjs/common';
import { Entity, ETag, PartitionKey, Property, Repository, RowKey, Timestamp } from 'entitable';
import { EntitableModule, InjectRepository } from 'entitable/nestjs';

/** The same entity, migrated as docs/coming-from.md describes. */
@Entity({ table: 'Events' })
export class Event {
  @PartitionKey() partitionKey!: PartitionKey;
  @RowKey() rowKey!: RowKey;
  @Property() team!: string;
  @Property() year!: string;
  @Property() title!: string;
  @Property() note!: string;
  @Property() open!: boolean;
  @Property({ type: 'Int32' }) seats!: number;
  @Property() views!: bigint;
  @Property() price!: number;
  @Property() series!: string;
  @Property() at!: Date;
  @ETag() etag?: ETag;
  @Timestamp() timestamp?: Timestamp;
}

@Injectable()
export class EventService {
  constructor(@InjectRepository(Event) readonly events: Repository<Event>) {}
}

@Module({
  imports: [EntitableModule.forRoot({ target: process.env.AZURITE! }), EntitableModule.forFeature([Event])],
  providers: [EventService],
})
export class EventModule {}
