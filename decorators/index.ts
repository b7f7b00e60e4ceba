import 'reflect-metadata';

export { Entity, type EntityOptions } from './entity.js';
export { PartitionKey, RowKey, type KeyOptions } from './keys.js';
export { ETag, Property, Timestamp, type PropertyOptions } from './property.js';
export type { PropertyDecoratorOf } from './record.js';
