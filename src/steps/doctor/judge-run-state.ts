import { RUN_STATE } from '../../run/in-flight.ts';
import type { HeldRecord } from '../ports/deployments.ts';
import { missing, unseen, well, type Line } from './checkup-line.ts';
import type { DoctorFacts } from './observe.ts';

const CONFIG_MAP = `ConfigMap k8s-upgrade/${RUN_STATE}`;

export function judgeRunState(runState: DoctorFacts['runState']): Line {
  return runState.known ? well(CONFIG_MAP, 'there: a run keeps its marks in it') : unseen(CONFIG_MAP, runState.reason);
}

/** What a release up to 0.1.0 left: no step may list or write the Deployments of a cluster any more. */
export function judgeLeftAtZero(left: DoctorFacts['leftAtZero'], annotationPrefix: string): Line[] {
  if (!left.known) return [unseen('Deployments', left.reason)];
  return left.value.map((each) => judgeLeft(each, annotationPrefix));
}

function judgeLeft({ namespace, name, replicas }: HeldRecord, prefix: string): Line {
  const number = replicas === 'unreadable' ? '<number>' : String(replicas);
  return missing(
    `Deployment ${namespace}/${name}`,
    `at 0, and its annotation ${prefix}quiesced-replicas says that an earlier release of this pipeline scaled it`,
    `The next run gives it back if controlPlane.quiesce names it. Otherwise: kubectl -n ${namespace} scale deployment ${name} --replicas=${number}. Then: kubectl -n ${namespace} annotate deployment ${name} ${prefix}quiesced-replicas-`,
  );
}
