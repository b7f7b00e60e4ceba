import { defineEntity, json, type PartitionKey, type RowKey } from '../../index.js';

/** One session, in a partition of its own: no partition becomes hot. */
export class SessionEntry {
  sid!: PartitionKey;
  kind!: RowKey;
  /** The session as express-session gives it: at most 32,768 UTF-16 units of JSON. */
  data!: object;
  expires!: Date;

  static {
    defineEntity(SessionEntry, {
      table: 'Sessions',
      // A template, because it escapes what keys must not hold.
      partitionKey: '{sid}',
      properties: {
        sid: 'PartitionKey',
        kind: 'RowKey',
        data: { converter: json<object>() },
        expires: 'DateTime',
      },
    });
  }
}
