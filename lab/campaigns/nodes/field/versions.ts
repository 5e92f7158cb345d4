import { kubectl, must, onNode, until } from '../../../kit/commands.ts';
import { getNodes, nodeLine } from '../../../kit/nodes.ts';
import { A, B } from '../versions.ts';
import { withQuirks, type Quirk, type Scenario } from './quirk.ts';
import { checkStep, REFUSED, step } from './steps.ts';

/** A patch after the target. */
export const C = '1.34.11';

const POLICY_OFF = { PATCH_POLICY: 'off', MINOR_POLICY: 'off' };

const whenKubeletIs = (node: string, version: string): Promise<unknown> =>
  until(`the kubelet of ${node} is at v${version}`, 120, getNodes, (nodes) =>
    nodes.some((each) => nodeLine(each) === `${node} v${version} Ready`),
  );

/** The command that the product names for a node whose kubelet is newer than its API server. */
const BACK = `apt-get install -y --allow-downgrades --allow-change-held-packages 'kubelet=${A}-*' && apt-mark hold kubelet && systemctl daemon-reload && systemctl restart kubelet`;

/** Another program upgrades the package of a kubelet that is not held. */
const newerKubelet = (node: string): Quirk => ({
  what: `an unattended upgrade installs kubelet ${C} on ${node}, where the package is not held`,
  make: async () => {
    await onNode(
      node,
      `set -e; apt-get -qq update; apt-mark unhold kubelet >/dev/null
apt-get -qq -y install 'kubelet=${C}-*' >/dev/null; systemctl daemon-reload; systemctl restart kubelet`,
    );
    await whenKubeletIs(node, C);
  },
  undo: async () => {
    await onNode(node, `${BACK} >/dev/null 2>&1`);
    await whenKubeletIs(node, A);
  },
});

const aheadOf = (node: string): string =>
  `The kubelet of ${node} is at v${C}, newer than its API server at v${A}. Something else upgraded the package kubelet, as happens when it is not held (on ${node}: apt-mark showhold kubelet).`;
const goBack = (node: string): string => `Drain ${node}, then go back there (${BACK})`;

/** A kubelet of a control-plane node and one of a worker are newer than their API server, and no upgrade was begun. */
export const kubeletsAhead: Scenario = async (record) => {
  await must('lab/publish.sh', [`v${C}`]);
  await withQuirks(record, [newerKubelet('cp1'), newerKubelet('w1')], async () => {
    const off = await step('detect', POLICY_OFF);
    checkStep(record, 'detect with policy.patch and policy.minor off', off, {
      says: ['none: ', aheadOf('cp1'), goBack('cp1'), aheadOf('w1'), goBack('w1')],
    });
    record.check('… the verdict', 'none', off.outputs['verdict'] ?? '');
    const asked = await step('detect', { REQUESTED_TARGET: B });
    checkStep(record, `detect asked for v${B}`, asked, {
      says: [`The kubelet of control-plane node cp1 is at v${C}, newer than v${B}, and kubeadm does not downgrade.`],
    });
    record.check('… the verdict', 'refused', asked.outputs['verdict'] ?? '');
    checkStep(record, `the gate for v${C}`, await step('gate', { TARGET: C }), {
      says: [`kubelet v${C} with its API server at v${A}`, goBack('cp1')],
    });
  });
  record.note(`The command of the message puts both kubelets back to v${A}.`);
};

const SCHEDULER = '/etc/kubernetes/manifests/kube-scheduler.yaml';
const VENDOR = `v${A}-eks-1-34-5`;
const IMAGE = 'lab.invalid/k8s/kube-scheduler';

const schedulerImage = (): Promise<string> =>
  kubectl('-n', 'kube-system', 'get', 'pod', 'kube-scheduler-cp1', '-o', 'jsonpath={.spec.containers[0].image}');

/** The scheduler really runs from an image whose tag is a vendor's. */
const vendorScheduler: Quirk = {
  what: `kube-scheduler on cp1 runs the image ${IMAGE}:${VENDOR}`,
  make: async () => {
    await onNode(
      'cp1',
      `set -e; ctr -n k8s.io images tag --force ${IMAGE}:v${A} ${IMAGE}:${VENDOR} >/dev/null
cp ${SCHEDULER} /root/kube-scheduler.yaml; sed -i 's|image: .*|image: ${IMAGE}:${VENDOR}|' ${SCHEDULER}`,
    );
    await until('the scheduler runs that image', 120, schedulerImage, (image) => image.endsWith(VENDOR));
  },
  undo: async () => {
    await onNode('cp1', `[ ! -e /root/kube-scheduler.yaml ] || mv /root/kube-scheduler.yaml ${SCHEDULER}`);
    await until('the scheduler runs its own image', 120, schedulerImage, (image) => image === `${IMAGE}:v${A}`);
  },
};

/** What a mirror pod shows. The kubelet leaves the image as it is, since it compares the hash of the manifest alone. */
const mirrorShows = (component: string, image: string): Quirk => {
  const show = (shown: string): Promise<string> =>
    kubectl('-n', 'kube-system', 'set', 'image', `pod/${component}-cp1`, `${component}=${shown}`);
  return {
    what: `the mirror pod of ${component} on cp1 shows the image ${image}`,
    make: () => show(image),
    undo: () => show(`lab.invalid/k8s/${component}:v${A}`),
  };
};

const NEWER_API_SERVER = 'lab.invalid/k8s/kube-apiserver:v1.35.2-eks-1-35-3';
const DIGEST = `lab.invalid/k8s/kube-controller-manager@sha256:${'0a'.repeat(32)}`;

/** Images that name no release: the version is unknown, and nothing was begun. */
export const vendorImages: Scenario = async (record) => {
  const quirks = [
    vendorScheduler,
    mirrorShows('kube-apiserver', NEWER_API_SERVER),
    mirrorShows('kube-controller-manager', DIGEST),
  ];
  const sentence = `The version of a component on cp1 is unknown: kube-apiserver (image "${NEWER_API_SERVER}"), kube-controller-manager (image "${DIGEST}"), kube-scheduler (image "${IMAGE}:${VENDOR}"); expected an image tag such as v1.34.9.`;
  await withQuirks(record, quirks, async () => {
    const end = await step('detect');
    checkStep(record, 'detect', end, { says: [`refused: ${sentence}`] });
    record.check('… the verdict', 'refused', end.outputs['verdict'] ?? '');
    checkStep(record, 'inventory', await step('inventory'), { exit: REFUSED, says: [sentence] });
  });
};
