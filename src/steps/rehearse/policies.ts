import { objectName } from '../../text/object-name.ts';
import { mayDeny, type WatchedRequest } from '../../upgrade/drain/admission-webhook.ts';
import { nameList } from '../../text/name-list.ts';
import type { PlacedPod } from '../ports/rehearsal.ts';
import type { RehearseInput } from './contract.ts';
import { podsToEvict, nodesToDrain, type ClusterState } from './cluster-state.ts';

/** Policies that are asked about evictions. What their expressions say of each pod is not evaluated here. */
export function policyWarnings(state: ClusterState, input: RehearseInput): string[] {
  const movers = nodesToDrain(input).flatMap((node) => podsToEvict(node, state, input).map((pod) => ({ node, pod })));
  return state.policies.flatMap((policy) => {
    const asked = movers.filter(({ pod }) => mayDeny(policy, evictionOf(pod, state)));
    if (asked.length === 0) return [];
    const pods = nameList(asked.map(({ node, pod }) => `${objectName(pod)} on ${node}`));
    return [
      `ValidatingAdmissionPolicy ${policy.name} may deny the eviction of ${pods}. Each drain asks with a dry run before its cordon, and ends if the policy denies it. See: kubectl get validatingadmissionpolicy ${policy.name} -o yaml`,
    ];
  });
}

const evictionOf = ({ namespace }: PlacedPod, { namespaces }: ClusterState): WatchedRequest => ({
  operation: 'CREATE',
  resource: 'pods/eviction',
  labels: {},
  namespaceLabels: namespaces.get(namespace) ?? {},
});
