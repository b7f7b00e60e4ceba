import type { SampleData } from '../support/sample.js';

/** A store on one machine, with the code that a program needs to read instances of its class from it. */
export interface Contender {
  readonly name: string;
  /** Opens the store in a folder, and creates it if necessary. */
  open(folder: string): Promise<OpenContender>;
  /** Reduces the number of entities for a slow store. Figures are per operation in any case. */
  readonly slow?: boolean;
}

export interface OpenContender {
  /** Stores one entity. If the store has a disk, the entity is on it when the promise resolves. */
  insert(data: SampleData): Promise<void>;
  /** Stores up to 100 entities of one partition atomically. */
  batch(data: readonly SampleData[]): Promise<void>;
  get(partition: string, row: string): Promise<object | undefined>;
  /** Reads all 1,000 entities of a partition as instances. */
  page(partition: string): Promise<readonly object[]>;
  /** Reads the entities of all partitions with a given `count`. */
  filter(count: number): Promise<readonly object[]>;
  close(): Promise<void>;
}
