import type { SampleData } from '../support/sample.js';

/** A way of writing many entities to a new table of the emulator. */
export interface BulkContender {
  readonly name: string;
  /** Whether it sends one request for each entity: a tenth of the entities tells enough of it. */
  readonly oneByOne?: boolean;
  readonly write: (connectionString: string, table: string, entities: Iterable<SampleData>) => Promise<void>;
}
