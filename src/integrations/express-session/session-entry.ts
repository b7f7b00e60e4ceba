import { defineEntity, json, type EntityClass, type PartitionKey, type RowKey } from '../../index.js';

// A template, because it escapes what keys must not hold.
const partitionKey = '{sid}';

/** One session, in a partition of its own: no partition becomes hot. */
export class SessionEntry {
  sid!: PartitionKey;
  kind!: RowKey;
  /** The session as express-session gives it, without its cookie: at most 32,768 UTF-16 units of JSON. */
  data!: object;
  /** Its cookie, which changes whenever the session is used. */
  cookie?: object | undefined;
  expires!: Date;

  static {
    defineEntity(SessionEntry, {
      table: 'Sessions',
      partitionKey,
      properties: {
        sid: 'PartitionKey',
        kind: 'RowKey',
        data: { converter: json<object>() },
        cookie: { converter: json<object>() },
        expires: 'DateTime',
      },
    });
  }
}

/** The class of the sessions of a table: by a class of its own the data source names it as it names every table. */
export function entryClassOf(table: string | undefined): EntityClass<SessionEntry> {
  if (table === undefined) return SessionEntry;
  class NamedSessionEntry extends SessionEntry {}
  defineEntity(NamedSessionEntry, { table, partitionKey, properties: {} });
  return NamedSessionEntry;
}
