import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';
import { expect } from 'chai';
import 'reflect-metadata';
import { EntitableHealthIndicator, EntitableModule } from 'entitable/nestjs';
import { memoryStore } from '../../../src/stores/memory/memory-store.js';

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly entitable: EntitableHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.entitable.pingCheck('tables')]);
  }
}

const store = memoryStore();

@Module({ imports: [TerminusModule, EntitableModule.forRoot({ target: store })], controllers: [HealthController] })
class HealthModule {}

describe('The health indicator in Terminus', () => {
  it('The health indicator makes a Terminus health check succeed, and fail with only the error code', async () => {
    const app = await NestFactory.create(HealthModule, { logger: false, abortOnError: false });
    try {
      await app.listen(0, '127.0.0.1');
      const url = `${await app.getUrl()}/health`;
      expect((await fetch(url)).status).to.equal(200);
      await store[Symbol.asyncDispose]();
      const answer = await fetch(url);
      expect(answer.status).to.equal(503);
      expect(await answer.json()).to.deep.include({ error: { tables: { status: 'down', code: 'store.closed' } } });
    } finally {
      await app.close();
    }
  });
});
