import { isRestError } from '@azure/core-rest-pipeline';
import type { OperationOptions, RowPage } from '../../store/table-store.js';
import type { Connection } from './connection.js';
import { underDeadline } from './deadline.js';
import { unansweredRead, unansweredWrite } from './lost-answer.js';
import { refusalOf, refused } from './refusal.js';

type Settings = Parameters<Connection['client']['createTable']>[1] & object;

/** Makes a table; `false` when it existed. */
export async function createTable(
  { client }: Connection,
  table: string,
  options: OperationOptions | undefined,
): Promise<boolean> {
  return changed(table, 409, options, (settings) => client.createTable(table, settings));
}

/** Deletes a table; `false` when it did not exist. */
export async function deleteTable(
  { client }: Connection,
  table: string,
  options: OperationOptions | undefined,
): Promise<boolean> {
  return changed(table, 404, options, (settings) => client.deleteTable(table, settings));
}

/** A page of names. The service compares them in an order of its own, so that the prefix is tested here, too. */
export async function listTables(
  { client, traits: { limits } }: Connection,
  { prefix = '', continuation }: { readonly prefix?: string; readonly continuation?: string },
  options: OperationOptions | undefined,
): Promise<RowPage<string>> {
  const fold = limits.tableNamesIgnoreCase ? (name: string) => name.toLowerCase() : (name: string) => name;
  try {
    return await underDeadline(options, async (stop) => {
      const settings = stop === undefined ? {} : { abortSignal: stop.platform };
      const pages = client
        .listTables(settings)
        .byPage(continuation === undefined ? {} : { continuationToken: continuation });
      const { value: page } = (await pages.next()) as {
        readonly value: readonly { readonly name?: string }[] & { readonly continuationToken?: string };
      };
      const rows = page.flatMap(({ name }) =>
        name !== undefined && fold(name).startsWith(fold(prefix)) ? [name] : [],
      );
      return page.continuationToken ? { rows, continuation: page.continuationToken } : { rows };
    });
  } catch (error) {
    throw refusal(error, undefined, 'read') ?? unansweredRead(error, {});
  }
}

/** The SDK takes some refusals for success: the status tells them apart. */
async function changed(
  table: string,
  unchanged: number,
  options: OperationOptions | undefined,
  send: (settings: Settings) => Promise<void>,
): Promise<boolean> {
  let sent = false;
  let status = 0;
  try {
    await underDeadline(options, async (stop) => {
      sent = true;
      await send({
        ...(stop && { abortSignal: stop.platform }),
        onResponse: (response) => {
          status = response.status;
        },
      });
    });
    return status !== unchanged;
  } catch (error) {
    throw refusal(error, table, 'write') ?? unansweredWrite(error, sent, { table });
  }
}

function refusal(error: unknown, table: string | undefined, kind: 'read' | 'write'): Error | undefined {
  if (!isRestError(error) || error.response === undefined) return undefined;
  return refused(refusalOf(error.response), kind, table === undefined ? {} : { table });
}
