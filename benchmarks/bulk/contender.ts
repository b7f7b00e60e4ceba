import type { SampleData } from '../support/sample.js';

/** A method of writing many entities to a new table of the emulator. */
export interface BulkContender {
  readonly name: string;
  /**
   * `true` if the method sends one request per entity. It then writes a tenth of the entities, which is enough to
   * measure it.
   */
  readonly oneByOne?: boolean;
  readonly write: (connectionString: string, table: string, entities: Iterable<SampleData>) => Promise<void>;
}
