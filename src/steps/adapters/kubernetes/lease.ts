import { LEASE } from '../../../contract/access.ts';
import { isStatus } from '../../runtime/retry.ts';
import { unexpected } from '../../runtime/step-error.ts';
import type { LeasePort, LeaseRecord, RunId } from '../../ports/lease.ts';
import type { Api } from './api.ts';
import { LEASES, type V1Lease } from './resources.ts';

/** `holderIdentity` is the UID of a Workflow; its name stands in an annotation, for people and for the next question. */
export function leaseAdapter(api: Api, prefix: string): LeasePort {
  const where = { name: LEASE, namespace: api.namespace };
  const nameAnnotation = `${prefix}holder-name`;

  const read = async (): Promise<LeaseRecord | undefined> => {
    const lease = await api.find(LEASES, where);
    return lease && toRecord(lease, nameAnnotation);
  };

  return {
    read,
    async write(seen, holder, nowMs) {
      const body = leaseOf({ ...where, annotation: nameAnnotation }, seen, holder, nowMs);
      try {
        await (seen === undefined
          ? api.create(LEASES, { namespace: api.namespace }, body)
          : api.replace(LEASES, where, body));
        return true;
      } catch (error) {
        // Removed since it was seen: so it is not what was seen.
        if (isStatus(error, 404) && seen !== undefined) return false;
        if (!isStatus(error, 409)) throw error;
        // Either another was faster, or the first answer to this very write got lost and we met ourselves.
        return isOurs(await read(), holder, nowMs);
      }
    },
  };
}

const isOurs = (record: LeaseRecord | undefined, holder: RunId | undefined, nowMs: number): boolean =>
  record !== undefined && record.renewedAtMs === nowMs && record.holder?.uid === holder?.uid;

function leaseOf(
  { annotation, ...where }: { readonly name: string; readonly namespace: string; readonly annotation: string },
  seen: LeaseRecord | undefined,
  holder: RunId | undefined,
  nowMs: number,
): V1Lease {
  return {
    metadata: {
      ...where,
      ...(seen && { resourceVersion: seen.revision }),
      ...(holder && { annotations: { [annotation]: holder.name } }),
    },
    spec: { renewTime: microTime(nowMs), ...(holder && { holderIdentity: holder.uid }) },
  };
}

function toRecord({ metadata, spec }: V1Lease, nameAnnotation: string): LeaseRecord {
  const uid = spec?.holderIdentity ?? '';
  const name = metadata?.annotations?.[nameAnnotation];
  if (uid !== '' && name === undefined) {
    const remedy = 'see who wrote it, then delete the Lease';
    throw unexpected(`lease ${LEASE} is held by ${uid}, but has no annotation ${nameAnnotation}; ${remedy}`);
  }
  return {
    holder: name === undefined || uid === '' ? undefined : { uid, name },
    renewedAtMs: spec?.renewTime === undefined ? 0 : new Date(spec.renewTime).getTime(),
    revision: metadata?.resourceVersion ?? '',
  };
}

/** The API server accepts a MicroTime only with six digits after the decimal point. */
const microTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000Z`;
