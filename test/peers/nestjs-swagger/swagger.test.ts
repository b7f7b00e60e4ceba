import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiOkResponse, ApiProperty, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { expect } from 'chai';
import { Entity, Guid, newestFirst, PartitionKey, Property, RowKey } from 'entitable';

@Entity({ table: 'Visits', rowKey: '{at}|{id}' })
class Visit {
  @ApiProperty() @PartitionKey() site!: PartitionKey;
  @ApiProperty({ type: String }) @RowKey({ converter: newestFirst }) at!: RowKey<Date>;
  @ApiProperty() @RowKey() id!: RowKey;
  @ApiProperty() @Property() seconds!: number;
  @ApiProperty({ type: String, format: 'uuid' }) @Property() visitor!: Guid;
}

@Controller('visits')
class VisitsController {
  @Get()
  @ApiOkResponse({ type: Visit })
  first(): Visit {
    return new Visit();
  }
}

@Module({ controllers: [VisitsController] })
class VisitsModule {}

describe('The OpenAPI document of @nestjs/swagger', () => {
  it('The OpenAPI document of @nestjs/swagger shows the keys of an entity as strings', async () => {
    const app = await NestFactory.create(VisitsModule, { logger: false });
    const { components } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    await app.close();
    expect(components?.schemas?.['Visit']).to.deep.equal({
      type: 'object',
      properties: {
        site: { type: 'string' },
        at: { type: 'string' },
        id: { type: 'string' },
        seconds: { type: 'number' },
        visitor: { type: 'string', format: 'uuid' },
      },
      required: ['site', 'at', 'id', 'seconds', 'visitor'],
    });
  });
});
