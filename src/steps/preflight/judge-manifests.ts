import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import { patchesFor } from '../../upgrade/gate/kubeadm-patches.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { differencesOf, type Difference } from '../../upgrade/gate/manifests/differences.ts';
import { expectedEtcd } from '../../upgrade/gate/manifests/etcd.ts';
import { patched } from '../../upgrade/gate/manifests/patch.ts';
import type { PartKind } from '../../upgrade/gate/manifests/parts.ts';
import type { ControlPlaneComponent } from '../../upgrade/node/node.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

type Component = ControlPlaneComponent | 'etcd';

interface Seen {
  readonly node: string;
  readonly component: Component;
  readonly difference: Difference;
}

/** Warns of changes in static pods that an upgrade undoes. The restore hook or an operator can restore them. */
export function judgeManifests(facts: PreflightFacts, { target }: PreflightInput): Finding[] {
  const seen = [...inDiffs(facts), ...inEtcd(facts)];
  const alike = Map.groupBy(seen, ({ component, difference }) => JSON.stringify([component, difference]));
  return [
    ...notCompared(facts, target),
    ...[...alike.values()].flatMap((group) => {
      const [first] = group;
      return first === undefined
        ? []
        : [
            undone(
              first,
              group.map(({ node }) => node),
              target,
            ),
          ];
    }),
  ];
}

const inDiffs = ({ diffs, files }: PreflightFacts): Seen[] =>
  [...diffs].flatMap(([node, diff]) =>
    (diff.known ? diff.value : []).flatMap((compared) => differencesOn(node, compared, files)),
  );

/** kubeadm upgrade diff knows no patches, and an upgrade applies them. */
function differencesOn(
  node: string,
  { component, is, becomes }: { readonly component: Component; readonly is: unknown; readonly becomes: unknown },
  files: PreflightFacts['files'],
): Seen[] {
  const { patches } = files.get(node) ?? {};
  const written = patched(becomes, patchesFor(patches?.known === true ? patches.value : undefined, component));
  // What a patch that does not fit would keep is said to be lost: kubeadm fails, or another kubeadm writes what it fits to.
  const pod = 'pod' in written ? written.pod : becomes;
  return differencesOf(is, pod, component).map((difference) => ({ node, component, difference }));
}

/** `kubeadm upgrade diff` leaves etcd out. */
function inEtcd({ files, kubeadmConfig }: PreflightFacts): Seen[] {
  const local = kubeadmConfig.known ? kubeadmConfig.value.localEtcd : undefined;
  if (local === undefined) return [];
  return [...files].flatMap(([node, { etcd }]) =>
    etcd.known && etcd.value !== undefined
      ? differencesOn(node, { component: 'etcd', is: etcd.value, becomes: expectedEtcd(etcd.value, local) }, files)
      : [],
  );
}

function notCompared({ diffs, files, kubeadmConfig }: PreflightFacts, target: KubeVersion): Finding[] {
  const inNodes = [...diffs].flatMap(([node, diff]) =>
    diff.known ? [] : [unknown(`${askedOf(target)} on ${node}`, diff.reason, `Run it on ${node}.`)],
  );
  const hasEtcd = [...files.values()].some(({ etcd }) => etcd.known && etcd.value !== undefined);
  if (kubeadmConfig.known || !hasEtcd) return inNodes;
  return [...inNodes, unknown('the manifest of etcd', kubeadmConfig.reason, 'Correct the cause.')];
}

const askedOf = (target: KubeVersion): string => `kubeadm upgrade diff ${kubeTag(target)}`;

const unknown = (subject: string, reason: string, remedy: string): Finding =>
  finding('diff-unknown', 'warning', subject, {
    found: `no comparison: ${reason}`,
    needed: 'to know what kubeadm would undo in the static pods',
    remedy,
  });

function undone({ component, difference }: Seen, nodes: readonly string[], target: KubeVersion): Finding {
  const { change, part } = difference;
  const code = part.kind === 'flag' && change === 'removes' ? 'diff-drops-flag' : 'diff-undoes-change';
  const see = component === 'etcd' ? '' : ` To see it, on ${nodes[0] ?? ''}: ${askedOf(target)}.`;
  return finding(code, 'warning', `${component} on ${nodes.join(', ')}`, {
    found: `${whatOf(component, difference)} when it upgrades ${component === 'etcd' ? 'etcd' : 'the node'}`,
    needed: 'a manifest as kubeadm writes it',
    remedy: `To keep it: ${change === 'adds' ? asPatch(component) : remedyFor(component, part.kind)}${see}`,
  });
}

function whatOf(component: Component, { change, part: { name, shown }, becomes }: Difference): string {
  const what = `${name}${shown === undefined ? '' : `=${shown}`}`;
  const file = `/etc/kubernetes/manifests/${component}.yaml`;
  if (change === 'adds') return `${file} without ${what}, which kubeadm adds`;
  if (change === 'removes') return `${what} in ${file}, which kubeadm removes`;
  return `${what} in ${file}, which kubeadm sets to ${becomes ?? 'another value'}`;
}

const SECTIONS: Readonly<Record<Component, string>> = {
  'kube-apiserver': 'apiServer',
  'kube-controller-manager': 'controllerManager',
  'kube-scheduler': 'scheduler',
  etcd: 'etcd.local',
};
const FIELDS: Readonly<Partial<Record<PartKind, string>>> = {
  flag: 'extraArgs',
  env: 'extraEnvs',
  volume: 'extraVolumes',
};

function remedyFor(component: Component, kind: PartKind): string {
  // ClusterConfiguration has no volumes for etcd.
  const field = component === 'etcd' && kind === 'volume' ? undefined : FIELDS[kind];
  const where = kind === 'image' ? 'imageRepository' : field && `${SECTIONS[component]}.${field}`;
  if (where === undefined) return asPatch(component);
  return `put it into ${where} of ClusterConfiguration (kubectl -n kube-system edit configmap kubeadm-config), or ${asPatch(component)}`;
}

const asPatch = (component: Component): string =>
  `write a patch of ${component}, and set kubeadm.patches to the directory of patches.`;
