import { publish } from '../../../kit/cluster.ts';
import { kubectl, onNode, until } from '../../../kit/commands.ts';
import { whenNodeIs } from '../../../kit/nodes.ts';
import { check, note } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { LATER, NEXT, RUNNING } from '../cluster.ts';
import { checkStep, type Quirk, REFUSED, step, withQuirks } from './steps.ts';

const POLICY_OFF = { PATCH_POLICY: 'off', MINOR_POLICY: 'off' };

/** The command that the product names for a node whose kubelet is newer than its API server. */
const BACK = `apt-get install -y --allow-downgrades --allow-change-held-packages 'kubelet=${RUNNING}-*' && apt-mark hold kubelet && systemctl daemon-reload && systemctl restart kubelet`;

/** Another program upgrades the package of a kubelet that is not held. */
const newerKubelet = (node: string): Quirk => ({
  what: `an unattended upgrade installs kubelet ${LATER} on ${node}, where the package is not held`,
  make: async () => {
    await onNode(
      node,
      `set -e; apt-get -qq update; apt-mark unhold kubelet >/dev/null
apt-get -qq -y install 'kubelet=${LATER}-*' >/dev/null; systemctl daemon-reload; systemctl restart kubelet`,
    );
    await whenNodeIs(`${node} v${LATER} Ready`);
  },
  undo: async () => {
    await onNode(node, `${BACK} >/dev/null 2>&1`);
    await whenNodeIs(`${node} v${RUNNING} Ready`);
  },
});

const aheadOf = (node: string): string =>
  `The kubelet of ${node} is at v${LATER}, newer than its API server at v${RUNNING}. Something else upgraded the package kubelet, as happens when it is not held (on ${node}: apt-mark showhold kubelet).`;
const goBack = (node: string): string => `Drain ${node}, then go back there (${BACK})`;

/** A kubelet of a control-plane node and one of a worker are newer than their API server, and no upgrade was begun. */
export const kubeletsAhead: Scenario = async () => {
  await publish(LATER);
  await withQuirks([newerKubelet('cp1'), newerKubelet('w1')], async () => {
    const off = await step('detect', POLICY_OFF);
    checkStep('detect with policy.patch and policy.minor off', off, {
      says: ['none: ', aheadOf('cp1'), goBack('cp1'), aheadOf('w1'), goBack('w1')],
    });
    check('… the verdict', 'none', off.outputs['verdict'] ?? '');
    const asked = await step('detect', { REQUESTED_TARGET: NEXT });
    checkStep(`detect asked for v${NEXT}`, asked, {
      says: [
        `The kubelet of control-plane node cp1 is at v${LATER}, newer than v${NEXT}, and kubeadm does not downgrade.`,
      ],
    });
    check('… the verdict', 'refused', asked.outputs['verdict'] ?? '');
    checkStep(`the gate for v${LATER}`, await step('gate', { TARGET: LATER }), {
      says: [`kubelet v${LATER} with its API server at v${RUNNING}`, goBack('cp1')],
    });
  });
  note(`The command of the message puts both kubelets back to v${RUNNING}.`);
};

const SCHEDULER = '/etc/kubernetes/manifests/kube-scheduler.yaml';
const VENDOR = `v${RUNNING}-eks-1-34-5`;
const SCHEDULER_IMAGE = 'lab.invalid/k8s/kube-scheduler';

const schedulerImage = (): Promise<string> =>
  kubectl('-n', 'kube-system', 'get', 'pod', 'kube-scheduler-cp1', '-o', 'jsonpath={.spec.containers[0].image}');

/** The scheduler really runs from an image whose tag is a vendor's. */
const vendorScheduler: Quirk = {
  what: `kube-scheduler on cp1 runs the image ${SCHEDULER_IMAGE}:${VENDOR}`,
  make: async () => {
    await onNode(
      'cp1',
      `set -e; ctr -n k8s.io images tag --force ${SCHEDULER_IMAGE}:v${RUNNING} ${SCHEDULER_IMAGE}:${VENDOR} >/dev/null
cp ${SCHEDULER} /root/kube-scheduler.yaml; sed -i 's|image: .*|image: ${SCHEDULER_IMAGE}:${VENDOR}|' ${SCHEDULER}`,
    );
    await until('the scheduler runs that image', 120, schedulerImage, (image) => image.endsWith(VENDOR));
  },
  undo: async () => {
    await onNode('cp1', `[ ! -e /root/kube-scheduler.yaml ] || mv /root/kube-scheduler.yaml ${SCHEDULER}`);
    await until('the scheduler runs its own image', 120, schedulerImage, `${SCHEDULER_IMAGE}:v${RUNNING}`);
  },
};

/** What a mirror pod shows. The kubelet leaves the image as it is, since it compares the hash of the manifest alone. */
const mirrorShows = (component: string, image: string): Quirk => {
  const show = (shown: string): Promise<string> =>
    kubectl('-n', 'kube-system', 'set', 'image', `pod/${component}-cp1`, `${component}=${shown}`);
  return {
    what: `the mirror pod of ${component} on cp1 shows the image ${image}`,
    make: () => show(image),
    undo: () => show(`lab.invalid/k8s/${component}:v${RUNNING}`),
  };
};

const NEWER_API_SERVER = 'lab.invalid/k8s/kube-apiserver:v1.35.2-eks-1-35-3';
const DIGEST = `lab.invalid/k8s/kube-controller-manager@sha256:${'0a'.repeat(32)}`;

/** Images that name no release: the version is unknown, and nothing was begun. */
export const vendorImages: Scenario = async () => {
  const quirks = [
    vendorScheduler,
    mirrorShows('kube-apiserver', NEWER_API_SERVER),
    mirrorShows('kube-controller-manager', DIGEST),
  ];
  const sentence = `The version of a component on cp1 is unknown: kube-apiserver (image "${NEWER_API_SERVER}"), kube-controller-manager (image "${DIGEST}"), kube-scheduler (image "${SCHEDULER_IMAGE}:${VENDOR}"); expected an image tag such as v1.34.9.`;
  await withQuirks(quirks, async () => {
    const end = await step('detect');
    checkStep('detect', end, { says: [`refused: ${sentence}`] });
    check('… the verdict', 'refused', end.outputs['verdict'] ?? '');
    checkStep('inventory', await step('inventory'), { exit: REFUSED, says: [sentence] });
  });
};
