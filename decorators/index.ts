/**
 * Loads `reflect-metadata`, which stores the decorator metadata that compilers emit. The package is bundled into this
 * one, so the published declarations do not mention it.
 *
 * @internal
 */
import 'reflect-metadata/lite';

export { Entity, type EntityOptions } from './entity.js';
export { PartitionKey, RowKey, type KeyOptions } from './keys.js';
export { ETag, Property, Timestamp, type PropertyOptions } from './property.js';
export type { DefaultedDecoratorOf, PropertyDecoratorOf } from './record.js';
