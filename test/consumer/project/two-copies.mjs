// Loads two copies of the package into one process: one decorates a class, the other stores and reads it and throws
// errors.
import assert from 'node:assert/strict';
import * as decorating from 'entitable';
import * as storing from 'entitable-copy';

assert.notEqual(decorating.DataSource, storing.DataSource, 'these must be two copies');

class Reading {}
decorating.PartitionKey()(Reading.prototype, 'device');
decorating.RowKey()(Reading.prototype, 'id');
decorating.Property({ type: 'Guid' })(Reading.prototype, 'batch');
decorating.Entity({ table: 'Readings' })(Reading);

const tables = await storing.DataSource.open('memory:');
const readings = tables.repository(Reading);
const batch = decorating.Guid.random();
const reading = Object.assign(new Reading(), { device: 'd1', id: 'r1', batch });
await readings.insert(reading);

const found = await readings.getOrThrow({ device: 'd1', id: 'r1' });
assert.ok(found instanceof Reading);
assert.ok(storing.Guid.is(batch) && decorating.Guid.is(found.batch));
assert.ok(batch.equals(found.batch) && found.batch.equals(batch));

const refusal = await readings.insert(reading).catch((error) => error);
assert.ok(!(refusal instanceof decorating.EntitableError));
assert.ok(decorating.EntitableError.is(refusal, 'store.already-exists'));

// A repository class of one copy saves an entity that the other has read: only the changes, under the remembered ETag.
class Readings extends decorating.Repository.of(Reading) {}
found.batch = storing.Guid.random();
await tables.repository(Readings).save(found);
const saved = await readings.getOrThrow({ device: 'd1', id: 'r1' });
assert.ok(saved.batch.equals(found.batch));
await tables.close();
console.log('Two copies in one process: ok');
