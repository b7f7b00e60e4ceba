import type { ServiceStatistics } from '../../../store/service-administration.js';
import type { OperationOptions } from '../../../options/operation-options.js';
import type { AzureConnection } from '../azure-connection.js';
import { underDeadline } from '../http/request-deadline.js';
import { unansweredRead } from '../requests/network-error.js';
import { refusalOf, refused } from '../requests/refusal.js';
import { checkAnswer } from '../sdk-client.js';
import { PROTOCOL_VERSION, type WireRequest } from '../requests/wire-request.js';
import { WrongAnswer } from '../requests/wrong-answer.js';

const STATUSES = ['live', 'bootstrap', 'unavailable'] as const;

/**
 * Returns the replication state of the account's secondary location, by a request to that location. The request is sent
 * without the SDK, which cannot derive the secondary endpoint of an emulator.
 */
export async function getStatistics(
  { endpoint, transport }: AzureConnection,
  options: OperationOptions | undefined,
): Promise<ServiceStatistics> {
  const request: WireRequest = {
    method: 'GET',
    url: `${secondaryOf(endpoint)}/?restype=service&comp=stats`,
    headers: { Accept: 'application/xml', 'x-ms-version': PROTOCOL_VERSION },
    body: undefined,
  };
  try {
    const response = await underDeadline(options, (stop) => transport.read(request, stop));
    if (response.status !== 200) throw refused(refusalOf(response), 'read', {});
    checkAnswer(response, { status: 200, element: 'StorageServiceStats' });
    const statistics = read(response.bodyAsText ?? '');
    if (statistics === undefined) throw new WrongAnswer('it has no status that is known', response);
    return statistics;
  } catch (error) {
    const subject = 'the statistics of the secondary location (an account has one with read-access geo-redundancy)';
    throw unansweredRead(error, {}, subject);
  }
}

/**
 * Returns the URL of the secondary location, which has `-secondary` after the account's name. For an emulator, that
 * name is the path of the URL; otherwise it is the first part of the host.
 */
function secondaryOf(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname !== '/') return `${endpoint}-secondary`;
  url.hostname = url.hostname.replace(/^[^.]+/, '$&-secondary');
  return url.origin;
}

function read(xml: string): ServiceStatistics | undefined {
  const text = (element: string): string => new RegExp(`<${element}>([^<]*)<`).exec(xml)?.[1]?.trim() ?? '';
  const told = text('Status').toLowerCase();
  const status = STATUSES.find((one) => one === told);
  if (status === undefined) return undefined;
  const lastSync = Date.parse(text('LastSyncTime'));
  return {
    geoReplication: {
      status,
      ...(!Number.isNaN(lastSync) && { lastSyncTime: new Date(lastSync) }),
    },
  };
}
